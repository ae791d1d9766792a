# One or two steps worked out by hand, gradient 2 then what follows; lr 0.1.
precision(f64)
fn after(n, o) {
  let w = param(1)
  train w { loss: 2 * w; optimizer: o; steps: n; quiet: true }
  w * 1
}
print("{after(1, GD(lr: 0.1)):.6f} {after(2, SGD(lr: 0.1, momentum: 0.5)):.6f}")                             # expect: 0.800000 0.500000
print("{after(2, SGD(lr: 0.1, momentum: 0.5, nesterov: true)):.6f} {after(1, SGD(lr: 0.1, weight_decay: 1)):.6f}")   # expect: 0.350000 0.700000
print("{after(2, Adagrad(lr: 0.1)):.6f} {after(1, RMSprop(lr: 0.05)):.6f}")                                  # expect: 0.829289 0.500000
print("{after(2, Adam(lr: 0.1)):.6f} {after(1, AdamW(lr: 0.1, weight_decay: 0.5)):.6f}")                     # expect: 0.800000 0.850000
print("{after(2, AMSGrad(lr: 0.1)):.6f} {after(2, Adamax(lr: 0.1)):.6f}")                                    # expect: 0.800000 0.800000
print("{after(1, Lion(lr: 0.1)):.6f} {after(1, RAdam(lr: 0.1)):.6f}")                                        # expect: 0.900000 0.800000
print("{after(1, NAdam(lr: 0.1)):.5f} {after(1, Adadelta(lr: 1)):.6f}")                                      # expect: 0.86896 0.996838
print("{after(2, NAdam(lr: 0.1)):.6f} {after(3, NAdam(lr: 0.1)):.6f}")                                       # expect: 0.760496 0.657325
fn radam() = RAdam(lr: 0.1, beta2: 0.9, eps: 0.5)   # five steps by the mean alone, 0.2 each; then by the root, with eps beside it
print("{after(4, radam()):.6f} {after(7, radam()):.6f}")                                                     # expect: 0.200000 -0.043214
# A gradient of 2, then one of -1.
fn turned(o) {
  let w = param(1)
  for g in [2, -1] { train w { loss: g * w; optimizer: o; steps: 1; quiet: true } }
  w * 1
}
print("{turned(AMSGrad(lr: 0.1, beta1: 0.5, beta2: 0.5, eps: 0)):.6f} {turned(Adamax(lr: 0.1, beta1: 0.5, beta2: 0.25, eps: 0)):.6f}")        # expect: 0.900000 0.900000
print("{turned(Lion(lr: 0.1, beta1: 0.25, beta2: 0.5, weight_decay: 0.5)):.6f} {turned(Adadelta(rho: 0.5, eps: 0.5)):.6f}")                   # expect: 0.907500 0.776393
