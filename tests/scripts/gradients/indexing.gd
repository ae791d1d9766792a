precision(f64)
print(grad(fn(x) = sum(x[[0, 0, 2]]))([1, 2, 3]))        # expect: [2, 0, 1]
print(grad(fn(x) = sum(x[1:]^2))([1, 2, 3]))             # expect: [0, 4, 6]
print(grad(fn(x) = x[-1] * x[0])([1, 2, 3]))             # expect: [3, 0, 1]
