# status: 1
let w = param(1)
train w { loss: -w^3; optimizer: GD(lr: 10); steps: 100; quiet: true }
# expect stderr: step
