let x = [[1, 2], [3, 4]]
print(x.size(0))   # expect error: `shape(x)[0]` the first of them
