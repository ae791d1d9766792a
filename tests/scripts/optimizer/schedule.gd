precision(f64)
let w = param(10)
let h = train w { loss: w; optimizer: GD(lr: fn(t) = t); steps: 4; quiet: true }
print(w, h.lr)   # expect: 4 [0, 1, 2, 3]
