# A square of 1e20 is past f32, ((1 - beta2) * g) * g is not: the step is the rate, whatever the gradient's length.
fn moved(o) {
  let w = param([1.0])
  train w { loss: sum(w * 1e20); optimizer: o; steps: 2; quiet: true }
  w[0] * 1
}
print("{moved(Adam(lr: 0.1)):.4f} {moved(AdamW(lr: 0.1, weight_decay: 0)):.4f} {moved(AMSGrad(lr: 0.1)):.4f}")   # expect: 0.8000 0.8000 0.8000
print("{moved(Adamax(lr: 0.1)):.4f} {moved(RAdam(lr: 0)):.4f} {moved(Lion(lr: 0.1)):.4f}")                       # expect: 0.8000 1.0000 0.8000
print(abs(moved(NAdam(lr: 0.1)) - 1) > 0.1, abs(moved(RMSprop(lr: 0.01)) - 1) > 0.1)                             # expect: true true
