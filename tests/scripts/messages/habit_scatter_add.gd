# `scatter` keeps the last of equal positions, so it is not the hint for what adds them up.
let x = [10, 20, 30]
let i = [0, 2, 0]
let values = [1, 2, 3]
print(scatter_add(x, i, values))   # expect: [14, 20, 32]
x.scatter_add_(0, i, values)   # expect error: `scatter_add(x, index, values, axis: 0)`
