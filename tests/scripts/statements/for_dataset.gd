let d = dataset([[1, 2], [3, 4]], [0, 1])
for (x, y) in d { print(x, y) }
# expect: [1, 2] 0
# expect: [3, 4] 1
for (x, y) in batches(d, 2) { print(x, y) }   # expect: [[1, 2], [3, 4]] [0, 1]
