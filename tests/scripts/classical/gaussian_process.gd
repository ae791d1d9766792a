# A Gaussian process: its log likelihood by cholesky is that of the formula, its hyperparameters are learned by gradient.
precision(f64)
seed(8)
let x = linspace(0, 6, 25)
let y = sin(x) + 0.1 * randn(25)
fn kernel(a, b, h) = exp(2 * h[0]) * exp(-0.5 * (a[:, none] - b[none])^2 * exp(-2 * h[1]))
fn unlikely(h) {
  let k = cholesky(kernel(x, x, h) + exp(2 * h[2]) * eye(25))
  let u = solve(k, y)
  0.5 * sum(u^2) + sum(log(diag(k))) + 12.5 * log(2 * pi)
}
let h = param([0, 0, -1])                                       # logarithms of height, width, noise
let k = kernel(x, x, h) + exp(-2) * eye(25)
print(abs(unlikely(h) - (0.5 * dot(y, solve(k, y)) + 0.5 * log(det(k)) + 12.5 * log(2 * pi))) < 1e-9)   # expect: true
print(check_gradient(unlikely, copy(h)))                        # expect: true
let before = unlikely(h)
train h { loss: unlikely(h); optimizer: Adam(lr: 0.03); steps: 300; quiet: true }
print(unlikely(h) < before - 5, max(abs(grad(unlikely)(h))) < 0.1)      # expect: true true
let at = linspace(0.5, 5.5, 50)
let said = kernel(at, x, h) @ solve(kernel(x, x, h) + exp(2 * h[2]) * eye(25), y)
print(max(abs(said - sin(at))) < 0.15)                          # expect: true
