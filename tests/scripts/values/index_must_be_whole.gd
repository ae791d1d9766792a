print([1, 2, 3][1.0], [1, 2, 3][[2.0, 0.0]])   # expect: 2 [3, 1]
print([1, 2, 3][0.5])   # expect error: 0.5
