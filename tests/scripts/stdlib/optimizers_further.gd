# Three steps on 2 a - b^2 from (1, -2), against the papers' algorithms worked out in another language, and matrices.
precision(f64)
fn after(n, o) {
  let w = param([1, -2])
  train w { loss: 2 * w[0] - w[1]^2; optimizer: o; steps: n; quiet: true }
  "{w[0]:.9f} {w[1]:.9f}"
}
print(after(3, SignSGD(lr: 0.1, momentum: 0.5)))             # expect: 0.700000000 -2.300000000
print(after(3, Rprop()))                                     # expect: 0.963600000 -2.036400000
print(after(3, AdaBelief(lr: 0.1)))                          # expect: 0.649530017 -2.350971648
print(after(1, ADOPT(lr: 0.1)), after(3, ADOPT(lr: 0.1)))    # expect: 1.000000000 -2.000000000 0.971000000 -2.029050000
print(after(3, AdEMAMix(lr: 0.1, warmup: 4)))                # expect: 0.699526119 -2.300820266
print(after(3, LAMB(lr: 0.1, weight_decay: 0.1)))            # expect: 0.444529069 -2.404713824
print(after(3, LARS(lr: 0.1, weight_decay: 0.1)))            # expect: 0.999439011 -2.001015205
print(after(3, Adafactor()))                                 # expect: 0.952490264 -2.047666293
print(after(3, Muon(adam: 0.1)))                             # expect: 0.700000001 -2.300131632
let target = [[0, 1, 0], [1, 0, -1]]
fn drawn(n, o) {
  let w = param([[1, 2, -1], [0.5, -1, 3]])
  train w { loss: 0.5 * sum((w - target)^2); optimizer: o; steps: n; quiet: true }
  w * 1
}
print("{drawn(2, Muon()):.9f}")
# expect: [[0.972046110, 1.976101232, -1.000431965], [0.497387809, -0.997114138, 2.964125820]]
print("{drawn(3, Adafactor()):.9f}")
# expect: [[0.916403659, 1.933857836, -0.977136879], [0.517566796, -0.972302025, 2.962036367]]
# Of a matrix Muon makes the step's singular values alike, and a kernel is a matrix for each of its outputs.
let before = param(randn(6, 4))
let start = before * 1
train before { loss: sum(before * [[k * j for j in 1..4] for k in 1..6] + before^2); optimizer: Muon(lr: 1); steps: 1; quiet: true }
let sizes = svd(start - before).1
print(min(sizes) > 0.6, max(sizes) < 1.3)                    # expect: true true
let kernel = param(randn(8, 3, 3, 3))
train kernel { loss: sum(kernel^2); optimizer: Muon(); steps: 1; quiet: true }
print(shape(kernel))                                         # expect: (8, 3, 3, 3)
let w = param([0])
train w { loss: sum((w - 0.3)^2); optimizer: Rprop(lr: 0.1); steps: 20; quiet: true }
print("{w[0]:.12f}")                                         # expect: 0.299848000000
