# Gradients that a student would ask for: the numbers that are given keep their names, joined
# products are read apart, and what cancels is cancelled.
seed(1)
let X = randn(5, 3)
let y = randn(5)
let t = [1, -1, 1, 1, -1]
let A = [[2, 1], [0, 3]]
let c = 0.1
fn quadratic(x) = dot(x, A @ x)
explain(grad(quadratic), [1, 2])
# expect: ∂quadratic/∂x = A @ x + A' @ x
# expect ~ checked against the gradient at these values: .*
fn hinge(w, b) = mean(relu(1 - t * (X @ w + b))) + 0.5 * c * dot(w, w)
explain(grad(hinge, wrt: (0, 1)), randn(3), 0.2)
# expect: ∂hinge/∂w = c * w - X' @ (t * (relu(1 - t * (X @ w + b)) > 0)) / len(X)
# expect: ∂hinge/∂b = -mean(t * (relu(1 - t * (X @ w + b)) > 0))
# expect ~ checked against the gradient at these values: .*
fn nll(mu, log_sigma) = mean(log_sigma + (y - mu)^2 / (2 * exp(2 * log_sigma)))
explain(grad(nll, wrt: (0, 1)), 0.1, 0.2)
# expect: ∂nll/∂mu = -mean(y - mu) / exp(2 * log_sigma)
# expect: ∂nll/∂log_sigma = 1 - mean((y - mu)^2) / exp(2 * log_sigma)
# expect ~ checked against the gradient at these values: .*
fn cross(w) {
  let p = sigmoid(X @ w)
  -mean((t > 0) * log(p) + (1 - (t > 0)) * log(1 - p))
}
explain(grad(cross), randn(3))
# expect: ∂cross/∂w = X' @ (sigmoid(X @ w) - (t > 0)) / len(X)
# expect ~ checked against the gradient at these values: .*
fn rosenbrock(x, y) = (1 - x)^2 + 100 * (y - x^2)^2
explain(grad(rosenbrock), -1.2, 1)
# expect: ∂rosenbrock/∂x = -400 * x * (y - x^2) - 2 * (1 - x)
# expect ~ checked against the gradient at these values: .*
fn two_layers(W, b, v, c) = mse(tanh(X @ W + b) @ v + c, y)
explain(grad(two_layers, wrt: (0, 1, 2, 3)), randn(3, 4), randn(4), randn(4), 0.1)
# expect: ∂two_layers/∂W = 2 * X' @ h3 / len(X)
# expect: ∂two_layers/∂b = 2 * mean(h3, axis: 0)
# expect: ∂two_layers/∂v = 2 * h1' @ h2 / len(X)
# expect: ∂two_layers/∂c = 2 * mean(h2)
# expect:     where h1 = tanh(X @ W + b)
# expect:           h2 = h1 @ v + c - y
# expect:           h3 = outer(h2, v) * (1 - h1^2)
# expect ~ checked against the gradient at these values: .*
fn map3(r) {
  let x = 0.5
  for i in 1..3 { x = r * x * (1 - x) }
  x
}
explain(grad(map3), 2.5)
# expect: ∂map3/∂r = -0.02734375 * r^6 + 0.1875 * r^5 - 0.3125 * r^4 - 0.25 * r^3 + 0.75 * r^2
# expect ~ checked against the gradient at these values: .*
fn elastic(w) = sum((X @ w - y)^2) + c * sum(abs(w)) + c * sum(w^2)
explain(grad(elastic), randn(3))
# expect: ∂elastic/∂w = c * (2 * w + sign(w)) + 2 * X' @ (X @ w - y)
# expect ~ checked against the gradient at these values: .*
fn poisson(w, b) {
  let eta = X @ w + b
  mean(exp(eta) - abs(t) * eta)
}
explain(grad(poisson, wrt: (0, 1)), randn(3), 0.1)
# expect: ∂poisson/∂w = X' @ (exp(X @ w + b) - abs(t)) / len(X)
# expect: ∂poisson/∂b = mean(exp(X @ w + b) - abs(t))
# expect ~ checked against the gradient at these values: .*
