# No contributions add up to a change that is NaN, infinite or a jump.
let x = [[0.1, 1], [0.9, 2]]
let net = fn(x) = x[:, 0] * x[:, 1]
print(attempt(fn() = integrated_gradients(net, [[1, 2], [nan, 1]])).error)   # expect: integrated_gradients: the output of row 1 of x, or of its base, is NaN or infinite
print(attempt(fn() = integrated_gradients(fn(x) = x[:, 0] / x[:, 1], x)).error)   # expect: integrated_gradients: the output of row 0 of x, or of its base, is NaN or infinite
print(attempt(fn() = integrated_gradients(fn(x) = floor(3 * x[:, 0]), x)).error)   # expect: integrated_gradients: the output jumps between row 1 of x and its base, so no contributions add up to its change
print("{sum(integrated_gradients(net, x), axis: 1):.4f}")   # expect: [0.1000, 1.8000]
