# W1: linear regression, 100 points, full-batch gradient descent on the mean squared error.  Prints microseconds a step.

seed(1)
let x = randn(100, 1)
let y = 2 * x + 3 + 0.1 * randn(100, 1)
let w = param(zeros(1, 1))
let b = param(zeros(1))

fn go(steps) = train w, b { loss: mse(x @ w + b, y); optimizer: GD(lr: 0.01); steps: steps; quiet: true }

go(1000)
let taken = [go(20000).seconds, go(20000).seconds, go(20000).seconds, go(20000).seconds, go(20000).seconds]
assert(abs(w[0, 0] - 2) < 0.1)
print("W1 {sort(taken)[2] * 1e6 / 20000:.4f}")
