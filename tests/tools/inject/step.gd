# A traced step, a gradient, a training without files.
seed(5)
let net = chain(Dense(2, 4), relu, Dense(4, 1))
let x = normal(16, 2)
let y = sum(x, axis: 1, keep: true)
let h = train net on (a, b) in dataset(x, y) { loss: mse(net(a), b); optimizer: Adam(0.05); epochs: 3; batch: 8; quiet: true }
print(h.loss)
print(grad(fn(v) = sum(v * v * v))(tensor([1, 2, 3])))
