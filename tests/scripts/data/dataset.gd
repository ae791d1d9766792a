let d = dataset([[1, 2], [3, 4], [5, 6]], [0, 1, 0])
print(len(d), d.x[1], d.y, shape(d.x))   # expect: 3 [3, 4] [0, 1, 0] (3, 2)
print(d[0])                               # expect: ([1, 2], 0)
print(len(d[1:]), d[1:].y)                # expect: 2 [1, 0]
let (a, b) = split(d, 0.67)
print(len(a), len(b), b.y)                # expect: 2 1 [0]
