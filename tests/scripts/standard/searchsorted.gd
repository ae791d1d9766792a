# As NumPy's: where a value would be inserted, before equal ones or behind them.
let s = [1, 2, 2, 2, 5, inf, nan]
print(searchsorted(s, [0, 1, 2, 3, inf, nan]), searchsorted(s, [0, 1, 2, 3, inf, nan], right: true))   # expect: [0, 0, 1, 4, 5, 6] [0, 1, 4, 4, 6, 7]
print(searchsorted(s, 2), searchsorted(s, [[2, 9], [0, 1]]), searchsorted(zeros(0), [1, 2]), searchsorted(s, zeros(0)))   # expect: 1 [[1, 5], [0, 0]] [0, 0] []
print(searchsorted(i32([16777216, 16777217]), f64([16777217])), searchsorted(i32([1, 2]), 1.5), searchsorted([0.1, 0.2], 0.1), searchsorted(f64([0.1]), 0.1))   # expect: [1] 1 0 0
print(vmap(fn(v) = searchsorted([0, 1, 2], v))([[0.5, 3], [-1, 1]]), vmap(fn(s) = searchsorted(s, [0.5]))([[0, 1], [0, 0]]), dtype(searchsorted(s, 1)))   # expect: [[1, 3], [0, 1]] [[1], [2]] i32
print(grad(fn(x) = sum(x * searchsorted([0, 1, 2], x)))([0.5, 3]))   # expect: [1, 3]
print(grad(fn(x) = sum(sin(searchsorted([0, 1, 2], x))))([0.5, 3]), grad(fn(s) = sum(cos(searchsorted(s, [1]))))([0, 2]))   # expect: [0, 0] [0, 0]
let e = dataset(rand(20), rand(20))
let w = param(1)
let h = train w on (x, y) in e { loss: mean((w * x - searchsorted([0.2, 0.5], x))^2); optimizer: GD(lr: 0.1); epochs: 1; batch: 5; quiet: true }
print(isfinite(h.loss[0]))   # expect: true
print(attempt(fn() = searchsorted([[1]], 1)).error)   # expect: `searchsorted` needs a vector; this has 2 axes
print(searchsorted([2, 1], 1))   # expect error: `searchsorted` needs sorted numbers: `sort(x)` sorts them
