# Tensors that index together broadcast, as in NumPy; those that are no neighbours come first.
let x = reshape(arange(24), 2, 3, 4)
print(x[[0, 1], [2, 0], [3, 1]], x[[0, 1], [1, 2]][:, 0], x[[[0], [1]], [0, 2], 0])   # expect: [11, 13] [4, 20] [[0, 8], [12, 20]]
print(shape(x[[0, 1], :, [1, 2]]), shape(x[:, [0, 1, 1], [1, 2, 3]]), x[[-1], :, [0]][0])   # expect: (2, 3) (2, 3) [12, 16, 20]
print(grad(fn(v) = sum(v[[0, 0], [1, 1]] * [2, 3]))([[1, 2], [3, 4]]))   # expect: [[0, 5], [0, 0]]
print(x[[0, 1], [0, 1, 2]])   # expect error: tensors that index together must broadcast: [2] and [3]
