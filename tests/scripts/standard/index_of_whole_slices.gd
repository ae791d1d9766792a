# An index that is the same all along the other axes names whole slices, as one of rank 1 does without an axis.
let (x, i) = (reshape(arange(12), 3, 4), i32([2, 0, 2]))
let v = randn(3, 4)
print(all(gather(x, i[:, none], axis: 0) == x[i]), all(gather(x, i[none, :], axis: 1) == x[:, i]))   # expect: true true
print(all(scatter_add(x, i[:, none], v, axis: 0) == scatter_add(x, i, v)))   # expect: true
print(all(scatter_add(x, [[-1, 0, 0, -1]], v, axis: 1) == scatter_add(x', [3, 0, 0, 3], v')'))   # expect: true
fn f(i) = fn(x) = sum(gather(sin(x), i[:, none], axis: 0)^2) + sum(scatter_add(x^2, i[:, none], sin(x), axis: 0)^3)
print(check_gradient(f(i), randn(3, 4)), check_gradient(fn(x) = sum(grad(f(i))(x)^2), f64(randn(3, 4))))   # expect: true true
print(shape(vmap(fn(x, i) = gather(x, i[:, none], axis: 0))(randn(5, 3, 4), randint(0, 3, 5, 2))))   # expect: (5, 2, 4)
print(scatter_add(zeros(2, 3), [[1], [0]], 5, axis: 1))   # expect: [[0, 5, 0], [5, 0, 0]]
print(scatter_add(zeros(2, 3), [[1]], 5, axis: 1), gather(zeros(2, 0), zeros(0, 1), axis: 0))   # expect: [[0, 5, 0], [0, 5, 0]] []
print(attempt(fn() = gather(x, [3][:, none], axis: 0)).error)   # expect ~ .*3.*
scatter_add(x, i, v, axis: 0)   # expect error: without `axis:` it adds to whole rows: `scatter_add(x, index, values)`
