# What an optimizer is given wrongly is told at the line that gives it.
let w = param([1, 2])
fn told(o) {
  let a = attempt(fn() = train w { loss: sum(w^2); optimizer: o(); steps: 3; quiet: true })
  print("{a.line}: {a.error}")
}
told(fn() =
  Lookahead(LBFGS()))   # expect: 8: LBFGS steps all tensors as one vector: it cannot be passed to another optimizer, or to groups
told(fn() =
  groups((w, Newton())))   # expect: 10: Newton steps all tensors as one vector: it cannot be passed to another optimizer, or to groups
told(fn() =
  SGD(lr: fn(k) = if k == 2 { nan } else { 0.1 }))   # expect: 12: the schedule of `lr` of SGD is NaN at step 3
told(fn() =
  SAM(SAM(GD())))   # expect: 14: SAM is given an optimizer that SAM already wraps: wrap it once
told(fn() =
  SAM(ScheduleFree()))   # expect: 16: at most one optimizer may have `ahead`, which sets where the gradient is taken for all tensors
told(fn() =
  Mup(Cautious(Mup(Adam()))))   # expect: 18: Mup is given an optimizer that Mup already wraps: wrap it once
told(fn() =
  Lookahead(3))   # expect: 20: inner must be an optimizer, as Adam(), it is 3
told(fn() =
  Noise(Adam))   # expect: 22: `inner` needs an optimizer, Adam is only the declaration of one
told(fn() =
  Proximal(Adam(), 3))   # expect: 24: then must be a function of a tensor and the rate, it is 3
told(fn() =
  Adam(lr: fn(k) = "fast"))   # expect: 26: the schedule of `lr` must give a number, this is a string
told(fn() =
  groups((param(1), Adam())))   # expect: 28: groups: a tensor that is trained is in no group; give the rest a group of its own
told(fn() =
  groups((w, SAM(Adam())), (param(2), Adam())))   # expect: 30: an optimizer with `ahead`, which sets where the gradient is taken for all tensors, cannot be one of several
# A method of the whole vector that meets no descent, no minimum, no residuals.
let uphill = custom_gradient(fn(x) = x^2, fn(x, y, dy) = -2 * dy * x)
for o in [Newton(), NewtonCG(), TrustRegion(), LBFGS(), BFGS(), Steepest(), ConjugateGradient()] {
  assert(find(attempt(fn() = train w { loss: sum(uphill(w)); optimizer: o; steps: 9; quiet: true }).error, "is the gradient right?") != none)
}
for o in [LevenbergMarquardt(), GaussNewton(), TrustRegion()] {
  assert(find(attempt(fn() = train w { residuals: uphill(w); optimizer: o; steps: 9; quiet: true }).error, "is the gradient right?") != none)
}
fn said(f) { print(attempt(f).error) }
said(fn() = train w { loss: w[0]^2 - w[1]^2; optimizer: NewtonCG(); steps: 99; quiet: true })   # expect ~ the slope along a direction of descent, -.*, is too steep for a line search: has the loss a minimum.
said(fn() = train w { residuals: w[0:0]; optimizer: LevenbergMarquardt(); steps: 9; quiet: true })   # expect: the residuals are empty: there is nothing to fit
said(fn() = dot((1, [1, 2]), ([1, 2], 1)))   # expect: dot takes trees with leaves of the same shapes: at `0` [] on the left, [2] on the right
