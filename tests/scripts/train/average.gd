# `average:` keeps a running mean of the values: validation, keep: and the end see it, the steps do not.
precision(f64)
let w = param(8)
train w { loss: w^2; optimizer: GD(lr: 0.25); steps: 3; average: ema(0.5); quiet: true }   # 4 2 1
print(w * 1)                                                                     # expect: 2
w = param(8)
train w { loss: w^2; optimizer: GD(lr: 0.25); epochs: 4; average: swa(from: 0.5); quiet: true }   # after the 3rd 1, the 4th 0.5
print(w * 1)                                                                     # expect: 0.75
let d = dataset([[1], [2]], [[1], [2]])
w = param([[8]])
let seen = [0, 0]
let h = train w on (x, y) in d {
  loss: mean(0 * x) + sum(w^2)
  optimizer: GD(lr: 0.25)
  epochs: 2
  validate: d
  average: ema(0.5)
  each_epoch: { seen[epoch - 1] = w[0, 0] }
  quiet: true
}
print(seen, h.val_loss, w * 1)            # expect: [4, 2] [16, 9] [[3]]
# The trained values go on under the mean, and the best epoch's mean is kept.
let v = param(8)
train v { loss: (v - 1)^2; optimizer: GD(lr: 0.75); epochs: 4; average: ema(0.5); keep: best(abs(v)); quiet: true }
print(v * 1)   # -2.5 2.75 0.125 1.4375; means -2.5 0.125 0.125 0.78125   # expect: 0.125
