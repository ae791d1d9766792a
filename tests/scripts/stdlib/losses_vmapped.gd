# Each loss of a row at a time, by vmap, is what a loop gives.
precision(f64)
seed(1)
let (z, y) = (randn(4, 5, 3), randint(0, 3, 4, 5))
let w = rand(4, 5)
fn same(f, xs...) = max(abs(vmap(f)(xs...) - stack(map(fn(i) = f(map(fn(x) = x[i], xs)...), 0..3)...))) < 1e-12
print(same(fn(z, y, w) = cross_entropy(z, y, weights: w, smoothing: 0.1), z, y, w))   # expect: true
print(same(fn(z, y) = cross_entropy(z, y, ignore: 0, reduce: "sum"), z, y))   # expect: true
print(same(fn(a, b) = info_nce(a, b), z, 2 * z + 1))   # expect: true
print(same(fn(a, b, w) = mse(a, b, weights: w), z, 2 * z + 1, w))   # expect: true
print(same(fn(a, b, w) = log_cosh(a, b, weights: w, reduce: "none"), z, 2 * z + 1, w))   # expect: true
print(same(fn(a, y) = focal(a, y), z, y), same(fn(a, b) = poisson(a, abs(b)), z, z), same(fn(a, b) = quantile_loss(a, b, q: 0.3), z, z * z))   # expect: true true true
let lab = [[[1, 2]], [[2, 0]], [[1, 1]], [[2, 1]]]
print(same(fn(z, l) = ctc(z[none], l), z, lab))   # expect: true
print(shape(vmap(grad(fn(z, y) = cross_entropy(z, y)))(z, y)))   # expect: (4, 5, 3)
