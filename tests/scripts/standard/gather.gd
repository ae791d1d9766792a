# out[i, j] = x[i, index[i, j]] along axis 1; what is 1 elsewhere is repeated.
let x = [[1, 2, 3], [4, 5, 6]]
print(gather(x, [[0], [2]], axis: 1), gather(x, i32([[-1, 0, 1]]), axis: 0))   # expect: [[1], [6]] [[4, 2, 6]]
print(gather(x, argsort(-x), axis: 1), gather([5, 6, 7], [2, 0]))   # expect: [[3, 2, 1], [6, 5, 4]] [7, 5]
print(gather(x, [[1]], axis: 1), shape(gather(zeros(2, 0), zeros(2, 0), axis: 1)))   # expect: [[2], [5]] (2, 0)
print(grad(fn(v) = sum(gather(v, [[0, 0], [2, 1]], axis: 1) * [[1, 2], [3, 4]]))(x))   # expect: [[3, 0, 0], [0, 4, 3]]
print(gather(x, [[0], [3]], axis: 1))   # expect error: 3
