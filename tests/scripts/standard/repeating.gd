print(tile([1, 2], 2), tile([[1], [2]], 2, 3))      # expect: [1, 2, 1, 2] [[1, 1, 1], [2, 2, 2], [1, 1, 1], [2, 2, 2]]
print(tile(i32([1, 2]), (2, 1)), tile(5, 2), shape(tile(zeros(0, 3), 2, 2)), tile([1, 2], 0))   # expect: [[1, 2], [1, 2]] [5, 5] (0, 6) []
print(repeat([1, 2], 2), repeat([[1, 2], [3, 4]], 2))   # expect: [1, 1, 2, 2] [1, 1, 2, 2, 3, 3, 4, 4]
print(repeat([[1, 2], [3, 4]], 2, axis: 1), repeat([1, 2, 3], [2, 0, 1]))   # expect: [[1, 1, 2, 2], [3, 3, 4, 4]] [1, 1, 3]
print(repeat([[1, 2], [3, 4]], [0, 2], axis: -2), repeat([1, 2], (0, 0)))   # expect: [[3, 4], [3, 4]] []
print(repeat([1, 2, 3], [1, 2]))   # expect error: one for each of the 3 along axis 0, not 2
