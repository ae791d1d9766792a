fn f(x: [N, D], y: [N]) = sum(x) + sum(y)
print(f(ones(2, 3), ones(2)))   # expect: 8
print(f(ones(2, 3), ones(3)))   # expect error: [3]
