# skip: scan comes with recurrent models
print(scan(fn(s, x) = (s + x, s), 0, [1, 2, 3]))   # expect: (6, [0, 1, 3])
