# Quasi-Newton methods store the curvature of a loss in any unit: steep columns, a large factor, small params.
seed(1)
let X = randn(200, 3) * [1, 30, 3000]
let y = X @ [2, -1, 0.01] + 0.1 * randn(200)
fn valley(x, y) = 100 * (y - x^2)^2 + (1 - x)^2
for o in list(fn() = LBFGS(), fn() = BFGS()) {
  let w = param([0, 0, 0])
  let h = train w { loss: mean((X @ w - y)^2); optimizer: o(); steps: 100; quiet: true }
  let steep = param([-1.2, 1])
  let s = train steep { loss: 1e6 * valley(steep[0], steep[1]); optimizer: o(); steps: 100; quiet: true }
  print(h.stopped, h.loss[-1] < 0.01, s.stopped, "{steep:.2f}")   # expect: converged true converged [1.00, 1.00]
}
# expect: converged true converged [1.00, 1.00]
precision(f64)
for o in list(fn() = LBFGS(), fn() = BFGS()) {
  let small = param([-1.2e-8, 1e-8])
  let h = train small { loss: valley(1e8 * small[0], 1e8 * small[1]); optimizer: o(); steps: 100; quiet: true }
  print(h.stopped, "{1e8 * small:.4f}")   # expect: converged [1.0000, 1.0000]
}
# expect: converged [1.0000, 1.0000]
