# The first k of the falling order, of equal ones the first first, whatever is held at once.
print(topk([3, 1, 2], 2), topk([[1, 5], [7, 2], [3, 9]], 1, axis: 0))   # expect: ([3, 2], [0, 2]) ([[7, 9]], [[1, 2]])
print(topk([2, 0 / 0, 2, 5, 1, 5], 4))                                  # expect: ([nan, 5, 5, 2], [1, 3, 5, 0])
print(topk(arange(1000) % 10, 3), topk(arange(1000), 3).0)              # expect: ([9, 9, 9], [9, 19, 29]) [999, 998, 997]
print(grad(fn(x) = sum(topk(x, 2).0 * [1, 10]))([4, 9, 1]))             # expect: [10, 1, 0]
