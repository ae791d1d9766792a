# A mask beside other indices stands for those where it is true, as in NumPy.
let rows = [true, false, true, false]
let x = reshape(arange(12), 4, 3)
print(x[rows, 1], x[rows, 1:], x[1, [true, false, true]], x[[0, 2], [true, false, true]])    # expect: [1, 7] [[1, 2], [7, 8]] [3, 5] [0, 8]
print(x[nonzero(rows), 1], x[not rows, none, 0], shape(x[none, rows]))                       # expect: [1, 7] [[3], [9]] (1, 2, 3)
print(x[[false, false, false, false], 1])                                                    # expect: []
let y = x
y[rows, 1] = 70
print(y[:, 1])                                                                               # expect: [70, 4, 70, 10]
y[:, [true, false, true]] = [[1, 2], [3, 4], [5, 6], [7, 8]]
print(y)                                                                                     # expect: [[1, 70, 2], [3, 4, 4], [5, 70, 6], [7, 10, 8]]
y[rows, [true, false, true]] = 0
print(y[0], y[2])                                                                            # expect: [0, 70, 2] [5, 70, 0]
# one of several axes is an index for each
let z = reshape(arange(8), 2, 2, 2)
print(z[[[true, false], [false, true]], 1], z[1, [[true, false], [false, true]]])            # expect: [1, 7] [4, 7]
print(grad(fn(v) = sum(reshape(v, 4, 3)[rows, 1]^2))(arange(12)))                            # expect: [0, 2, 0, 0, 0, 0, 0, 14, 0, 0, 0, 0]
x[1, [true, false]]                                                                          # expect error: the tensor is [4, 3], the mask [2]
