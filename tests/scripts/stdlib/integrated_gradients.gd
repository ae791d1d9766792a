# The parts of each row add up to what the output differs by, kinks or not.
seed(3)
fn complete(net, x, base, k) {
  let parts = integrated_gradients(net, x, base: base, output: k)
  let differ = net(f64(x)) - net(f64(0 * x + base))
  max(abs(sum(flatten(parts), axis: 1) - differ[:, k]))
}
let x = randn(20, 6)
let kinked = chain(Dense(6, 32), relu, Dense(32, 16), relu, Dense(16, 3))
let smooth = chain(Dense(6, 16), tanh, LayerNorm(16), Dense(16, 3))
print(complete(kinked, x, mean(x, axis: 0), 1) < 1e-5, complete(smooth, x, 0.5, 2) < 1e-5)   # expect: true true
let pictures = chain(Conv2d(1, 4, 3), relu, MaxPool2d(2), Flatten(), Dense(36, 2))
print(complete(pictures, rand(3, 1, 8, 8), 0.3, 0) < 1e-5)                                    # expect: true
# An input that the output does not see has no part; a linear net's are its weights times the way.
let w = [1, -2, 0]
print(integrated_gradients(fn(x) = x @ w, [[2, 1, 5]], base: 1))                              # expect: [[1, 0, 0]]
# The class is that of the greatest output at x, unless given for each row.
let two = fn(x) = stack(x[:, 0], 3 * x[:, 1], axis: 1)
print(integrated_gradients(two, [[2, 1], [4, 1]]), integrated_gradients(two, [[2, 1], [4, 1]], output: [0, 1]))   # expect: [[0, 3], [4, 0]] [[2, 0], [0, 3]]
