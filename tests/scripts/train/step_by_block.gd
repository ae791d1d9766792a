# What the help for `epoch` in a loss says: a variable that a block sets.
let w = param(1)
let now = 0
train w { loss: (w - now)^2; optimizer: GD(lr: 0.5); epochs: 4; each_epoch: { now = epoch }; quiet: true }
print(w)   # expect: 3
