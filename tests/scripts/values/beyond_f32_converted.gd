let far = f64([1, 2]) * 1e39
print(f32(far / 1e39))                       # expect: [1, 2]
print(f32(far))                              # expect error: 1e39 does not fit in f32
