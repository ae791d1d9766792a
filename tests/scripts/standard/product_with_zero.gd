# A product overflows only if its result does, whatever the order of its factors.
precision(f64)
print(prod([1e200, 1e200, 0]), prod([1e200, 1e200, 1e-200, 1e-200]), prod([1e-200, 1e-200, 1e200, 1e200]))   # expect: 0 1 1
print(prod([1e200, 1e200]), prod([1e200, -1e200]), prod([inf, 0]), prod([nan, 0]))                       # expect: inf -inf nan nan
print(prod([[1e200, 2], [1e200, 3], [0, 4]], axis: 0), prod(full(40, value: 1e20) * pad(ones(39), 0, 1)))   # expect: [0, 24] 0
print(grad(prod)([1e200, 1e100, 0]))                               # expect: [0, 0, 1e300]
print(grad(prod)([1e200, 1e200, 0])[0:2])                          # expect: [0, 0]
precision(f32)
print(grad(prod)([1e30, 1e30]), grad(prod)([1e30, 1e30, 0])[0:2])  # expect: [1e30, 1e30] [0, 0]
