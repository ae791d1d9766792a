# A method of the whole vector reaches the minimum in whatever unit the loss is counted.
for s in [1e-20, 1e-13, 1e-10, 1, 1e13, 1e18, 1e30] {
  for o in [fn() = Newton(gtol: 0), fn() = NewtonCG(gtol: 0), fn() = TrustRegion(gtol: 0), fn() = LBFGS(gtol: 0), fn() = BFGS(gtol: 0), fn() = ConjugateGradient(gtol: 0),
      fn() = Steepest(gtol: 0), fn() = Steepest(search: "exact", gtol: 0)] {
    let w = param([1, 1])
    let h = train w { loss: s * sum([1, 5] * (w - [3, 2])^2); optimizer: o(); steps: 60; quiet: true }
    assert(max(abs(w - [3, 2])) < 1e-3, "{o()} at {s}: {w}, {h.why}")
  }
}
# columns of a thousand and a million: the loss ends at the rounding of its terms
seed(1)
let x = 100 * randn(1000)
let y = 3000 * x + 1e6
for o in [fn() = Newton(), fn() = NewtonCG(), fn() = TrustRegion(), fn() = LBFGS(), fn() = BFGS(), fn() = Steepest(search: "exact")] {
  let w = param([0, 0])
  let h = train w { loss: sum((1000 * x * w[0] + 1e6 * w[1] - y)^2); optimizer: o(); steps: 50; quiet: true }
  print("{w:.4f}", h.stopped)   # expect: [3.0000, 1.0000] converged
}
# expect: [3.0000, 1.0000] converged
# expect: [3.0000, 1.0000] converged
# expect: [3.0000, 1.0000] converged
# expect: [3.0000, 1.0000] converged
# expect: [3.0000, 1.0000] converged
