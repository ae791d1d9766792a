# What several indices name adds up, of whole rows as of x[index], or along an axis as of gather.
print(scatter_add(zeros(3), [0, 2, 0], [1, 2, 5]), scatter_add(i32([1, 2]), [1, -1], 3), scatter_add([1, 2], zeros(0), zeros(0)))   # expect: [6, 0, 2] [1, 8] [1, 2]
print(scatter_add(zeros(3, 2), [2, 0, 2], [[1, 2], [3, 4], [5, 6]]), scatter_add(zeros(2, 3), [[1], [2]], 5, axis: 1))   # expect: [[3, 4], [0, 0], [6, 8]] [[0, 5, 0], [0, 0, 5]]
print(scatter_add(zeros(2, 2), [[0, 1], [1, 1]], ones(2, 2, 2)), scatter_add(ones(2), [0, 0], f64([0.5, 1e-9])))   # expect: [[1, 1], [3, 3]] [1.5, 1]
# messages along the edges of a graph
let (from, to, h) = ([0, 1, 2, 2], [1, 2, 0, 1], [[1, 2], [3, 4], [5, 6]])
print(scatter_add(zeros_like(h), to, h[from]))   # expect: [[5, 6], [6, 8], [3, 4]]
# its gradients are a gather of the values' and the whole of x's, of any order, and inside vmap
fn f(v) = sum(scatter_add([1, 0, 2], [0, 2, 0], v)^3)
print(grad(f)([1, 2, 3]), hessian(f)([1, 2, 3]), check_gradient(f, [1, 2, 3]))   # expect: [75, 48, 75] [[30, 0, 30], [0, 24, 0], [30, 0, 30]] true
print(vmap(fn(i, v) = scatter_add(zeros(3), i, v))([[0, 0], [1, 2]], [[1, 2], [3, 4]]), grad(fn(x) = sum(scatter_add(x, [0, 0], [1, 2])^2))([1, 2]))   # expect: [[3, 0, 0], [0, 3, 4]] [8, 4]
print(scatter_add(bf16(zeros(1)), i32(zeros(1000)), 1), dtype(scatter_add(f64(zeros(2)), [0], 1)), dtype(scatter_add(u8([250]), [0], 9)), scatter_add(u8([250]), [0], i32([900])))   # expect: [1000] f64 i32 [1150]
print(attempt(fn() = scatter_add(i32([2147483647]), [0], 1)).ok, attempt(fn() = scatter_add(i32([1]), [0], 0.5)).ok, attempt(fn() = scatter_add(zeros(3, 2), [0, 1], [1, 2])).error)   # expect: false false `scatter_add` needs values in the shape of x[index]: x[index] is [2, 2], the values [2]
print(dtype(scatter_add(f32([1]), [0], f64([0.1]))), dtype(scatter_add(f32([1]), [0], 2)), dtype(scatter_add(f64([1]), [0], f32([1]))))   # expect: f64 f32 f64
scatter_add(zeros(3), [0, 3], 1)   # expect error: 3 is out of range: -3 to 2 are possible
