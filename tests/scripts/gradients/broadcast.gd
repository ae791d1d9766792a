precision(f64)
print(grad(fn(b) = sum(ones(3, 2) * b))([1, 2]))         # expect: [3, 3]
print(grad(fn(x) = sum(x * ones(3, 2)))([[1], [2], [3]]))   # expect: [[2], [2], [2]]
print(grad(fn(s) = sum(s * [1, 2, 3]))(2))               # expect: 6
