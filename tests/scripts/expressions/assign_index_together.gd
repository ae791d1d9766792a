let x = zeros(2, 3)
x[[0, 1], [2, 0]] = [5, 7]
print(x)                       # expect: [[0, 0, 5], [7, 0, 0]]
x[[1, 1], [1, 1]] = [8, 9]     # of several at one place the last wins
x[0, [0, -2]] = 4
x[:, [2]] = [[1], [2]]
print(x)                       # expect: [[4, 4, 1], [7, 9, 2]]
let y = i32(zeros(3, 2, 2))
y[[0, 2], :, [1, 0]] = i32([[1, 2], [3, 4]])
y[1:, 0, [1]] = 6
print(y)                       # expect: [[[0, 1], [0, 2]], [[0, 6], [0, 0]], [[3, 6], [4, 0]]]
fn put(v, w) { let z = v * 1; z[[0, 1, 0], [0, 1, 0]] = w; z }
print(grad(fn(v, w) = sum(put(v, w) * [[1, 2], [3, 4]]), wrt: 1)(zeros(2, 2), [5, 6, 7]))   # expect: [0, 4, 1]
x[[0, 1], [0, 3]] = 1          # expect error: 3
