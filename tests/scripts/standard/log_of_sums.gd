print(logaddexp([0, 1000, -1000], [0, 1000, 0]))   # expect: [0.693147, 1000.69, 0]
print(logaddexp(-inf, -inf), logaddexp(-inf, 2), logaddexp(inf, -inf), isnan(logaddexp(nan, 1)))   # expect: -inf 2 inf true
print(grad(fn(x) = sum(logaddexp(x, 2)))([2, -inf]), grad(fn(x) = logaddexp(x, -inf))(-inf))   # expect: [0.5, 0] 0
print(hessian(fn(x) = logaddexp(x, 0))(0))   # expect: 0.25
print(isfinite([1, inf, -inf, nan]), isfinite(i32([1])), isfinite(2))   # expect: [true, false, false, false] [true] true
