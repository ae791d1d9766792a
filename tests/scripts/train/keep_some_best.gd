# NaN in some epochs: the best of the others is kept
let w = param([1.0])
let h = train w { loss: sum((w - 4)^2); optimizer: GD(lr: 0.5); epochs: 3; metrics: (m: where(w[0] < 2, 0 / 0, -w[0])); keep: best(m); quiet: true }
print(h.m, w)    # expect: [nan, -4, -4] [4]
