let w = param(0)
fn half(x) = x / 2
let h = train w { loss: w + 4; metrics: half(w + 4); optimizer: GD(lr: 1); steps: 2; quiet: true }
print(h.half)   # expect: [2, 1.5]
