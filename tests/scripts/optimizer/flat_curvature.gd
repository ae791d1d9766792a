# A direction whose curvature is all but 0 at the start: the methods that use second derivatives reach the minimum of log(2 cosh).
precision(f64)
fn reached(make, start) {
  let w = param(start)
  let h = train w { loss: (w[0] - 3)^2 + logaddexp(w[1], -w[1]); optimizer: make(); steps: 200; quiet: true }
  h.stopped == "converged" and max(abs(w - [3, 0])) < 1e-6
}
for start in list([0., 100], [0., 60], [3., 100], [0., 400]) {
  print(reached(fn() = TrustRegion(), start), reached(fn() = NewtonCG(), start), reached(fn() = Newton(), start))
}
# expect: true true true
# expect: true true true
# expect: true true true
# expect: true true true
precision(f32)
let w = param([0., 30])
train w { loss: (w[0] - 3)^2 + logaddexp(w[1], -w[1]); optimizer: TrustRegion(); steps: 200; quiet: true }
print(max(abs(w - [3, 0])) < 1e-3)   # expect: true
