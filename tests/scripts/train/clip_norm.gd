let a = param([0, 0])
let b = param(0)
train a, b { loss: 3 * a[0] + 4 * b; optimizer: GD(lr: 1); clip: (norm: 1); steps: 1; quiet: true }
print("{a[0]:.4f} {b:.4f}")   # expect: -0.6000 -0.8000
