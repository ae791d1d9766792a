let w = param(f64(1e39))
print(w > 1e38)                              # expect: true
let v = param([1, 2])
assign(v, f64([1, 1e39]))                    # expect error: 1e39 does not fit in f32
