print([2] * 1e38)                            # expect: [2e38]
let lr = 1e39
print([2] / 1e39)                            # expect error: 1e39 does not fit in f32
