# A constant column has no spread to divide by: it becomes 0.
let d = dataset([[1, 5], [2, 5]], [0, 1])
let (a, b) = standardize(d, dataset([[3, 5]], [0]))
print(a.x, b.x)   # expect: [[-1, 0], [1, 0]] [[3, 0]]
