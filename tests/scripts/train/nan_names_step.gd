let w = param(1)
train w { loss: log(w); optimizer: GD(lr: 0.4); steps: 50; quiet: true }
# expect stderr: step
# status: 1
