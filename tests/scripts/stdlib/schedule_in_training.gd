precision(f64)
let w = param(0)
let h = train w { loss: w; optimizer: GD(lr: warmup(2, step_decay(1, every: 2, factor: 0.5))); steps: 6; quiet: true }
print(h.lr, w)   # expect: [0.5, 1, 1, 1, 0.5, 0.5] -4.5
