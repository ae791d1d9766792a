# A border of another value than 0, under second derivatives through a product.
precision(f64)
fn f(x) = sum(pad(x, 1, 1, value: 2) @ (pad(x, 1, 1, value: 3)))
print(grad(f)([1, 2]), hvp(f, [1, 2], [1, 0]))                      # expect: [2, 4] [2, 0]
print(hvp(fn(x) = sum(pad(reshape(x, 1, 2), 1, value: 2) @ pad(reshape(x, 2, 1), 1, value: 1)), [1, 2], [1, 0]))   # expect: [2, 0]
