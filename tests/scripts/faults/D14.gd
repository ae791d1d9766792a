let d = dataset([[1, 5], [2, 5]], [0, 1])
let (a, b) = standardize(d, d)   # expect error: column
