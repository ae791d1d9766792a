# the sums of neighbours and their transpose: derivatives of any order, by row, and what is not finite stays where it is
precision(f64)
let x = [[[0.5, -1, 2], [3, 1, 0.2]], [[1, 0.3, -2], [0, 4, 1]]]
for m in ["bilinear", "bicubic"] {
  let f = fn(v) = sum(sin(resize(v, 3, 5, mode: m)))
  print(check_gradient(fn(u) = sum(cos(grad(f)(u))), x), max(abs(vmap(fn(v) = resize(v, 3, 5, mode: m))(x) - resize(x, 3, 5, mode: m))))
}
# expect: true 0
# expect: true 0
print(grad(fn(v) = sum(resize(v, 1, 4)))([[0, 4]]), grad(fn(v) = sum(resize(v, 1, 2) * [[1, 2]]))(zeros(1, 4)))   # expect: [[2, 2]] [[0.5, 0.5, 1, 1]]
print(resize([[1, inf, 2, 3, 4, 5]], 1, 3), resize([[1, 2, 3, nan]], 1, 8))   # expect: [[inf, 2.5, 4.5]] [[1, 1.25, 1.75, 2.25, 2.75, nan, nan, nan]]
