# An index with one column names whole rows, there and back, of any order and inside vmap.
let x = [[1, 2], [3, 4], [5, 6]]
let i = [2, 0, 2]
print(gather(x, i[:, none], axis: 0), gather(x, [[1, 0]], axis: 1))   # expect: [[5, 6], [1, 2], [5, 6]] [[2, 1], [4, 3], [6, 5]]
print(grad(fn(v) = sum(gather(v, i[:, none], axis: 0)^3))(x))   # expect: [[3, 12], [0, 0], [150, 216]]
print(scatter_add(zeros(3, 2), i[:, none], x, axis: 0), scatter_add(zeros(2, 2), [[1, 1]], x[:2], axis: 1))   # expect: [[3, 4], [0, 0], [6, 8]] [[0, 3], [0, 7]]
print(hessian(fn(v) = sum(scatter_add(zeros(2), [1, 1], v, axis: 0)^2))([1, 2]))   # expect: [[2, 2], [2, 2]]
print(vmap(fn(v, j) = gather(v, j, axis: 0))(x, [[1], [0], [-1]]), shape(gather(zeros(3, 0), [[1]], axis: 0)))   # expect: [[2], [3], [6]] (1, 0)
print(gather(x, [[3]], axis: 0))   # expect error: 3 is out of range: -3 to 2 are possible
