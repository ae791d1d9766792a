fn f(x, w, b = 1) = sum(x * w) + b
print(grad(f)([1, 2], [3, 4]), grad(f, wrt: 1)([1, 2], [3, 4]), grad(f, wrt: "b")([1, 2], [3, 4], 5))   # expect: [3, 4] [1, 2] 1
print(value_and_grad(f)([1, 2], [3, 4]))   # expect: (12, [3, 4])
