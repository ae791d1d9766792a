print(cumprod([1, 2, 3, 4]), cumprod([[1, 2], [3, 4]], axis: 0), cumprod([[1, 2], [3, 4]]))   # expect: [1, 2, 6, 24] [[1, 2], [3, 8]] [1, 2, 6, 24]
print(cumprod(i32([3, 0, 5])), cumprod([0, 1e30, 1e30, 2]), cumprod(zeros(0)), cumprod([true, false]))   # expect: [3, 0, 0] [0, 0, 0, 0] [] [1, 0]
print(grad(fn(x) = sum(cumprod(x)))([2, 0, 5, 0]))   # expect: [1, 12, 0, 0]
print(cumprod([0.5, 0, 1 / 0, 2]), cumprod([[2, 3], [4, 5], [6, 7]], axis: 0))   # expect: [0.5, 0, 0, 0] [[2, 3], [8, 15], [48, 105]]
print(grad(fn(x) = sum(cumprod(x, axis: 0) * [[1, 0], [0, 2], [3, 0]]))([[2, 1], [0, 3], [5, 0]]))   # expect: [[1, 6], [30, 2], [0, 0]]
print(vmap(cumprod)([[1, 2, 3], [4, 5, 6]]), jacobian(cumprod)([2, 0, 3]))   # expect: [[1, 2, 6], [4, 20, 120]] [[1, 0, 0], [0, 2, 0], [0, 6, 0]]
print(1 / cumprod([-1, 0])[1], grad(fn(x) = sum(cumprod(x)[:2]))([1, 2, nan]))   # expect: -inf [3, 1, 0]
precision(f64)
fn g(x) = sum(sin(grad(fn(v) = sum(cos(cumprod(v))))(x)))
print(check_gradient(g, [2, 0, 5, 0.3]))   # expect: true
print(hessian(fn(x) = prod(x))([0, 0, 3]))   # expect: [[0, 3, 0], [3, 0, 0], [0, 0, 0]]
print(cumprod(i32([65536, 65536])))   # expect error: i32
