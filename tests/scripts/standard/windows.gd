print(windows([1, 2, 3, 4], 2), windows([1, 2, 3, 4, 5], 2, step: 2))   # expect: [[1, 2], [2, 3], [3, 4]] [[1, 2], [3, 4]]
print(shape(windows(zeros(10, 3), 4)), windows(i32([7, 8]), 2), shape(windows(zeros(3, 0), 2)))   # expect: (7, 4, 3) [[7, 8]] (2, 2, 0)
print(grad(fn(x) = sum(windows(x, 2) * [[1, 2], [3, 4]]))([0, 0, 0]))   # expect: [1, 5, 4]
print(windows([1, 2, 3], 4))   # expect error: windows of 4 do not fit: axis 0 has 3
