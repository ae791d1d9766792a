# A line through noisy points by gradient descent.
#
# Shows: params outside any model, a train without data (each step sees all points), the history.
# Outcome: slope and intercept agree with the least-squares solution, by `solve`, to nine digits.

seed(1)
precision(f64)   # what is made from here on is f64; f32 has seven digits

let x = rand(100, 1)
let y = 2 * x + 3 + 0.1 * randn(100, 1)

let w = param(randn(1, 1))   # a tensor that can be trained
let b = param(zeros(1))

let history = train w, b {
  loss: mse(x @ w + b, y)   # any expression that gives one number; its gradient needs no asking
  optimizer: GD(lr: 0.5)
  steps: 1000
}

# The normal equations: the exact answer to the same question.
let A = concat(x, ones(100, 1), axis: 1)
let exact = solve(A' @ A, A' @ y)

print("gradient descent: y = {w[0, 0]:.6f} x + {b[0]:.6f} after {history.steps} steps")
print("least squares:    y = {exact[0, 0]:.6f} x + {exact[1, 0]:.6f}")
assert(abs(w[0, 0] - exact[0, 0]) < 1e-9 and abs(b[0] - exact[1, 0]) < 1e-9)
print("they agree")
