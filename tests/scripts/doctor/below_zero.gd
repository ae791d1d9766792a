# A loss below 0 that rises says nothing of a penalty, which it does not have.
# command: doctor
seed(2)
let x = randn(64)
let w = param(0.001)
train w on (v, _) in dataset(x, x) { loss: mean((v - w)^2) - 1; optimizer: SGD(lr: 1e-3); epochs: 8; batch: 8 }
# expect: nothing wrong found in 1 training
