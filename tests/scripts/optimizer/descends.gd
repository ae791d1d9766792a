# a direction of descent along which nothing is lower: the gradient is wrong, and the error says so at the optimizer
precision(f64)
let w = param([1, 2])
let lies = custom_gradient(fn(x) = sum(x^2), fn(x, y, dy) = -2 * x * dy)
train w {
  loss: lies(w * 1)
  optimizer: LBFGS()   # expect error: is the gradient right?
  steps: 5
  quiet: true
}
