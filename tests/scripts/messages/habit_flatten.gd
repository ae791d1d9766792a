let x = [[1, 2], [3, 4]]
print(x.flatten())   # expect error: `reshape(x, -1)` is one axis; `flatten(x)` keeps axis 0
