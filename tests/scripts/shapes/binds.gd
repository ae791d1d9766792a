fn f(x: [N, D], y: [N]) -> [N] = sum(x, axis: 1) + y
print(f(ones(2, 3), [1, 2]))   # expect: [4, 5]
