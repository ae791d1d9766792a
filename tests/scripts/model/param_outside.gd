let w = param([0, 0])
train w { loss: sum((w - [1, 2])^2); optimizer: GD(lr: 0.5); steps: 1; quiet: true }
print(w)   # expect: [1, 2]
