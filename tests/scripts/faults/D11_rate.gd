let w = param(1)
train w { loss: w^2; optimizer: SGD(lr: -0.1); steps: 1 }   # expect error: lr
