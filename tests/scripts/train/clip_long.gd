# Squares of long gradients overflow, those of tiny ones vanish; the length is right all the same.
let w = param([0.5, -0.5])
train w { loss: sum(w * 6e29); optimizer: GD(lr: 1); clip: (norm: 5); steps: 1; quiet: true }
print("{w:.4f}")                       # expect: [-3.0355, -4.0355]
let a = param([0.0])
let b = param(0.0)
train a, b { loss: 3e25 * a[0] - 4e25 * b; optimizer: GD(lr: 1); clip: (norm: 1); steps: 1; quiet: true }
print("{a[0]:.4f} {b:.4f}")            # expect: -0.6000 0.8000
let seen = 0
train a, b { loss: 3e-24 * a[0] - 4e-24 * b; optimizer: GD(lr: 0); each_step: { seen = grad_norm }; steps: 1; quiet: true }
print("{seen:.2e}")                    # expect: 5.00e-24
precision(f64)
let c = param([0, 0])
train c { loss: 3e200 * c[0] + 4e200 * c[1]; optimizer: GD(lr: 1); clip: (norm: 10); each_step: { seen = grad_norm }; steps: 1; quiet: true }
print("{c:.4f} {seen:.2e}")            # expect: [-6.0000, -8.0000] 5.00e+200
