print(unique([3, 1, 3, -2]), unique(i32([[2, 1], [2, 2]]), counts: true), unique([nan, 1, nan]), unique(zeros(0)))   # expect: [-2, 1, 3] ([1, 2], [1, 3]) [1, nan] []
print(bincount([0, 2, 2]), bincount(i32([1]), least: 4), bincount(zeros(0)))   # expect: [1, 0, 2] [0, 1, 0, 0] []
print(nonzero([0, 5, 0, 7]), nonzero([[0, 1], [2, 0]]), nonzero([1, 2] > 1))   # expect: [1, 3] ([0, 1], [1, 0]) [1]
let x = [[0, 1], [2, 0]]
let (i, j) = nonzero(x)
print(x[i, j])   # expect: [1, 2]
print(attempt(fn() = bincount([0, 0 / 0])).error)   # expect: `bincount` counts whole numbers from 0 on, element 1 is nan
print(bincount([1, -1]))   # expect error: element 1 is -1
