let a = param([0, 0])
train a { loss: 3 * a[0] + 0.1 * a[1]; optimizer: GD(lr: 1); clip: (value: 0.5); steps: 1; quiet: true }
print("{a:.2f}")   # expect: [-0.50, -0.10]
