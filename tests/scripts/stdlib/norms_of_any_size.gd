# Long rows and tiny ones come out as rows of the same proportions do, with gradients of their own size.
fn near(a, b) = all(abs(a - b) <= 1e-5 * abs(b) + 1e-30)
let row = [[1, 2, 4, 3]]
let (layer, root, group) = (LayerNorm(4), RMSNorm(4), GroupNorm(2, 4))
print(near(layer(1e20 * row), LayerNorm(4, eps: 0)(row)), near(LayerNorm(4, eps: 0)(1e-25 * row), LayerNorm(4, eps: 0)(row)))   # expect: true true
print(near(root(1e25 * row), RMSNorm(4, eps: 0)(row)), near(RMSNorm(4, eps: 0)(1e-30 * row), RMSNorm(4, eps: 0)(row)))          # expect: true true
print(near(group(1e20 * row), GroupNorm(2, 4, eps: 0)(row)))                                                                    # expect: true
print(near(layer(1e-25 * row), 1e-25 * (row - 2.5) / sqrt(1e-5)))                                                               # expect: true
let slope = grad(fn(x) = LayerNorm(4, eps: 0)(x)[0, 1])
print(near(1e20 * slope(1e20 * row), slope(row)), near(1e-20 * slope(1e-20 * row), slope(row)))                                 # expect: true true
for norm in list(LayerNorm(4, eps: 0), GroupNorm(1, 4, eps: 0)) {
  let bend = hessian(fn(x) = norm(x[none, :])[0, 0])
  print(near(1e16 * 1e16 * bend(1e16 * row[0]), bend(row[0])))
}
# expect: true
# expect: true
print(hessian(fn(x) = sum(RMSNorm(2)(x[none, :])))([0, 0]))                                                                     # expect: [[0, 0], [0, 0]]
