precision(f64)
let l = [[2, 0], [1, 4]]
print(solve_triangular(l, [2, 9]), solve_triangular(l', [[4], [8]], upper: true))   # expect: [1, 2] [[1], [2]]
print(solve_triangular([[2, 7], [1, 4]], [2, 9], upper: false))   # expect: [1, 2]
let a = [[1, 1], [1, 2], [1, 3]]
print("{lstsq(a, [1, 2, 2]):.6f} {lstsq(a', [6, 14]):.6f}")   # expect: [0.666667, 0.500000] [1.000000, 2.000000, 3.000000]
print(shape(lstsq(stack(a, a), zeros(3, 4))), lstsq(zeros(0, 2), zeros(0)))   # expect: (2, 2, 4) [0, 0]
print(check_gradient(fn(v) = sum(sin(lstsq(v, [1, 2, 2]))), a), check_gradient(fn(v) = sum(sin(lstsq(v', [6, 14]))), a))   # expect: true true
fn g(v) = sum(cos(grad(fn(u) = sum(sin(lstsq(u, [1, 2, 2]))))(v)))
print(check_gradient(g, a))            # expect: true
print(kron([1, 2], [[1, 1]]), kron(i32([[1, 2]]), 3), shape(kron(zeros(2, 0), ones(3, 2))))   # expect: [[1, 1, 2, 2]] [[3, 6]] (6, 0)
print(lstsq([[1, 2], [2, 4], [3, 6]], [1, 2, 3]))   # expect error: `lstsq` needs linearly independent columns
