# What f32 cannot hold is an error, never infinity; what was asked for as infinite is.
print([1 / 0, -1 / 0], minimum([1], 1e300), [2] < 1e300, clamp([3], -1e300, 1e300))   # expect: [inf, -inf] [1] [true] [3]
print(f64([1e39]) * 1e39, [3e38])            # expect: [1e78] [3e38]
let x = [1, 1e39]                            # expect error: 1e39 does not fit in f32
