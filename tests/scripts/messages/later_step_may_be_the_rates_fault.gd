let w = param(1)
train w { loss: exp(w^2); optimizer: GD(lr: 5); steps: 9; quiet: true }  # expect error: is NaN or infinite at step
# expect stderr: help: a smaller learning rate
# status: 1
