# out[i, index[i, j]] = values[i, j] along axis 1; where several meet the last wins.
print(scatter(zeros(2, 3), [[1], [2]], 5, axis: 1), scatter([1, 2, 3], [0, -1, 0], [7, 8, 9]))   # expect: [[0, 5, 0], [0, 0, 5]] [9, 2, 8]
print(scatter(i32([1, 2]), [1], 7), scatter([true, true], [0], false), scatter([1, 2], zeros(0), zeros(0)))   # expect: [1, 7] [false, true] [1, 2]
print(scatter(zeros(2, 3), [[0, 0], [-1, 2]], [[1 / 0, 5], [6, 7]], axis: 1), vmap(fn(i) = scatter(zeros(3), i, [1, 2]))([[0, -3], [1, 2]]))   # expect: [[5, 0, 0], [0, 0, 7]] [[2, 0, 0], [0, 1, 2]]
fn f(x, v) = sum(scatter(x, [0, 2, 0], v) * [1, 10, 100])
print(grad(f)([1, 2, 3], [4, 5, 6]), grad(f, wrt: 1)([1, 2, 3], [4, 5, 6]))   # expect: [0, 10, 0] [0, 100, 1]
print(scatter(zeros(2, 3), [[1], [2]], [1, 2, 3], axis: 1))   # expect error: the index is [2, 1], the values [3]
