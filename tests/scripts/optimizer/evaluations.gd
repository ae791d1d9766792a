# L-BFGS needs no more evaluations than scipy.optimize.minimize(method="L-BFGS-B", options=dict(maxcor=10, gtol=1e-5, ftol=0)) of
# SciPy 1.10.1 with exact gradients: 45, 16, 31, 116, 33, 16, 8 there (and 920 for the quadratic of examples/minimise.gd, which prints 919).
precision(f64)
let tau = 2 * pi
let problems = list(
  ([-1.2, 1], 45, fn(x) = 100 * (x[1] - x[0]^2)^2 + (1 - x[0])^2),
  ([1, 1], 16, fn(x) = (1.5 - x[0] + x[0] * x[1])^2 + (2.25 - x[0] + x[0] * x[1]^2)^2 + (2.625 - x[0] + x[0] * x[1]^3)^2),
  ([3, -1, 0, 1], 31, fn(x) = (x[0] + 10 * x[1])^2 + 5 * (x[2] - x[3])^2 + (x[1] - 2 * x[2])^4 + 10 * (x[0] - x[3])^4),
  ([-3, -1, -3, -1], 116, fn(x) = 100 * (x[1] - x[0]^2)^2 + (1 - x[0])^2 + 90 * (x[3] - x[2]^2)^2 + (1 - x[2])^2 + 10.1 * ((x[1] - 1)^2 + (x[3] - 1)^2) + 19.8 * (x[1] - 1) * (x[3] - 1)),
  ([-1, 0, 0], 33, fn(x) = 100 * ((x[2] - 10 * atan2(x[1], x[0]) / tau)^2 + (hypot(x[0], x[1]) - 1)^2) + x[2]^2),
  ([0, 0], 16, fn(x) = (x[0]^2 + x[1] - 11)^2 + (x[0] + x[1]^2 - 7)^2),
  ([0.2, -0.3], 8, fn(x) = 20 + sum(x^2 - 10 * cos(tau * x))))
print(all([{
  let w = param(start)
  let h = train w { loss: f(w); optimizer: LBFGS(gtol: 1e-5); steps: 500; quiet: true }
  h.evaluations <= most and h.stopped == "converged"
} for (start, most, f) in problems]))                    # expect: true

# Newton and the trust region end quadratically: each of the last steps at least doubles the digits, nearly
let rosenbrock = problems[0][2]
for o in list(Newton(), TrustRegion()) {
  let w = param([1.2, 1.2])
  let h = train w { loss: rosenbrock(w); optimizer: o; steps: 60; quiet: true }
  let losses = filter([number(l) for l in h.step_loss], fn(l) = l > 1e-28)
  print(log(losses[-1]) / log(losses[-2]) > 1.7, h.stopped, norm(w - 1) < 1e-8)
}
# expect: true converged true
# expect: true converged true

# every method gets to the bottom of each valley
for o in list(fn() = Steepest("exact"), fn() = Steepest("armijo"), fn() = Steepest("wolfe"), fn() = ConjugateGradient(), fn() = ConjugateGradient("polak_ribiere"),
    fn() = ConjugateGradient("fletcher_reeves"), fn() = BFGS(), fn() = LBFGS(memory: 2), fn() = Newton(), fn() = NewtonCG(), fn() = TrustRegion(scaled: false)) {
  let w = param([1, -2, 0.5])
  let h = train w { loss: sum([1, 4, 20] * (w - [3, 1, 2])^2) + w[0]^4 / 100 - 0.5 * w[0] * w[1]; optimizer: o(); steps: 400; quiet: true }
  if not (h.stopped == "converged" and norm(grad(fn(w) = sum([1, 4, 20] * (w - [3, 1, 2])^2) + w[0]^4 / 100 - 0.5 * w[0] * w[1])(w * 1)) < 1e-6) { print(o, h.why, h.loss[-1]) }
}
# an indefinite Hessian at the start is no obstacle
for o in list(Newton(), NewtonCG(), TrustRegion()) {
  let w = param([0.1, 0.2])
  train w { loss: sum((w^2 - 1)^2); optimizer: o; steps: 100; quiet: true }
  assert(norm(abs(w) - 1) < 1e-6, "{o}: {w}")
}
