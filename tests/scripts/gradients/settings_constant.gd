# Of a setting through which no gradient would pass, nothing is told.
# expect no stderr: warning
print(grad(fn(x) = sum(x[:argmax(x)]) + x[argmax(x)])([1, 5, 2]))   # expect: [1, 1, 0]
print(grad(fn(n) = sum(ones(stop_gradient(n))) * n)(3))   # expect: 3
print(grad(fn(x, n) = sum(x * arange(n)))([1, 2], 2))   # expect: [0, 1]
