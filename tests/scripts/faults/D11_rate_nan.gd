let w = param(1)
train w { loss: w^2; optimizer: SGD(lr: 0 / 0); steps: 1 }   # expect error: lr
