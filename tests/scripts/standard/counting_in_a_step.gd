let w = param([1, 2])
train w { loss: sum(w * unique(w)); optimizer: SGD(lr: 0.1); steps: 1 }   # expect error: `unique` works only outside a training step
