# What an optimizer is given wrongly is told at the line that gives it.
let w = param([1, 2])
fn told(o) {
  let a = attempt(fn() = train w { loss: sum(w^2); optimizer: o(); steps: 3; quiet: true })
  print("{a.line}: {a.error}")
}
told(fn() =
  Lookahead(LBFGS()))               # expect: 8: LBFGS steps all tensors as one vector: it cannot be given to another optimizer, or to groups
told(fn() =
  groups((w, Newton())))            # expect: 10: Newton steps all tensors as one vector: it cannot be given to another optimizer, or to groups
told(fn() =
  SGD(lr: fn(k) = if k == 2 { nan } else { 0.1 }))   # expect: 12: the schedule of `lr` of SGD is NaN at step 3
told(fn() =
  SAM(SAM(GD())))                   # expect: 14: one optimizer says where the gradient is taken (`ahead`): for all tensors, and not two
