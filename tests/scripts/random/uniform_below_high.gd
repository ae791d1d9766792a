# Rounding may reach the upper bound, which is not drawn; the sign of what counts as 0 is 0.
print(any(uniform(10_000_000, low: 10, high: 11) == 11), all(uniform(1000, low: 10, high: 11) >= 10))   # expect: false true
print(any(uniform(100_000, low: 1000, high: 1000.001) == f32(1000.001)))   # expect: false
print(sign([1e-40, 2, -3]), sign(f64([1e-310])))   # expect: [0, 1, -1] [0]
