# The same line by stochastic gradient descent: one point a step, then sixteen.
#
# Shows: a dataset, `batch:`, a learning rate that falls with the step (a schedule).
# Outcome: both come within 0.02 of the least-squares line, though no step ever sees all the points.

seed(1)
precision(f64)

let x = rand(100, 1)
let y = 2 * x + 3 + 0.1 * randn(100, 1)
let points = dataset(x, y)

fn fit(batch, epochs) {
  let w = param(zeros(1, 1))
  let b = param(zeros(1))
  # In the braces `a` and `target` are the minibatch of the step: [batch, 1] each.
  train w, b on (a, target) in points {
    loss: mse(a @ w + b, target)
    # A rate may be a function of the step.  It must fall: the gradient of one point is never 0.
    optimizer: GD(lr: inverse_time(0.5, decay: 0.01))
    batch: batch
    epochs: epochs
    quiet: true
  }
  (w[0, 0], b[0])
}

let A = concat(x, ones(100, 1), axis: 1)
let exact = solve(A' @ A, A' @ y)
print("least squares:        y = {exact[0, 0]:.4f} x + {exact[1, 0]:.4f}")

let (w1, b1) = fit(1, 100)
print("one point a step:     y = {w1:.4f} x + {b1:.4f}")
assert(abs(w1 - exact[0, 0]) < 0.02 and abs(b1 - exact[1, 0]) < 0.02)

let (w16, b16) = fit(16, 400)
print("sixteen points a step: y = {w16:.4f} x + {b16:.4f}")
assert(abs(w16 - exact[0, 0]) < 0.02 and abs(b16 - exact[1, 0]) < 0.02)
print("both within 0.02")
