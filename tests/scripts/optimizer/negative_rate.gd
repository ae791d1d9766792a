let w = param(1)
train w { loss: w^2; optimizer: GD(lr: -1); steps: 1; quiet: true }   # expect error: lr
