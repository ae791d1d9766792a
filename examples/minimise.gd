# Eight classic functions, and how many evaluations each method takes to a bottom.
#
# Shows: optimizers of the whole vector, `h.evaluations`, `stopped == "converged"`.
# Outcome: every method ends by itself; L-BFGS needs no more evaluations than SciPy 1.10's L-BFGS-B
# with the same tolerance (45, 16, 31, 116, 33, 16, 8, 920).

precision(f64)

let scales = 10^linspace(0, 4, 1000)
let problems = list(
  ("Rosenbrock", 45, [-1.2, 1], fn(x) = 100 * (x[1] - x[0]^2)^2 + (1 - x[0])^2),
  ("Beale", 16, [1, 1], fn(x) = sum(([1.5, 2.25, 2.625] - x[0] + x[0] * x[1]^[1, 2, 3])^2)),
  ("Powell, singular", 31, [3, -1, 0, 1], fn(x) =
    (x[0] + 10 * x[1])^2 + 5 * (x[2] - x[3])^2 + (x[1] - 2 * x[2])^4 + 10 * (x[0] - x[3])^4),
  ("Wood", 116, [-3, -1, -3, -1], fn(x) =
    100 * (x[1] - x[0]^2)^2 + (1 - x[0])^2 + 90 * (x[3] - x[2]^2)^2 + (1 - x[2])^2
    + 10.1 * ((x[1] - 1)^2 + (x[3] - 1)^2) + 19.8 * (x[1] - 1) * (x[3] - 1)),
  ("helical valley", 33, [-1, 0, 0], fn(x) =
    100 * ((x[2] - 5 / pi * atan2(x[1], x[0]))^2 + (hypot(x[0], x[1]) - 1)^2) + x[2]^2),
  ("Himmelblau", 16, [0, 0], fn(x) = (x[0]^2 + x[1] - 11)^2 + (x[0] + x[1]^2 - 7)^2),
  ("Rastrigin", 8, [0.2, -0.3], fn(x) = 20 + sum(x^2 - 10 * cos(2 * pi * x))),
  ("quadratic, 1000", 920, ones(1000), fn(x) = 0.5 * sum(scales * x^2)))

let methods = dict(
  LBFGS: fn() = LBFGS(gtol: 1e-5), BFGS: fn() = BFGS(gtol: 1e-5),
  ConjugateGradient: fn() = ConjugateGradient(gtol: 1e-5), NewtonCG: fn() = NewtonCG(),
  Newton: fn() = Newton(), TrustRegion: fn() = TrustRegion())

print("{"function":<17} {"method":<18} evaluations  digits")
for (name, most, start, f) in problems {
  for (method, made) in methods {
    if len(start) > 4 and method in ["BFGS", "Newton", "TrustRegion"] { continue }   # dense
    let w = param(start)
    let h = train w { loss: f(w); optimizer: made(); steps: 2000; quiet: true }
    let digits = minimum(16, -log10(h.loss[-1] + 1e-300))   # of the loss: 0 at the bottom
    print("{name:<17} {method:<18} {h.evaluations:11}  {digits:6.1f}")
    assert(h.stopped == "converged", "{method} on {name}: {h.why}")
    let fewer = h.evaluations <= most or method != "LBFGS"
    assert(fewer, "{h.evaluations} evaluations, SciPy needs {most}")
  }
}
print("all at a bottom")
