let x = [[1, 2], [3, 4]]
x = x + x'
print(x)   # expect: [[2, 5], [5, 8]]
let v = arange(6)
v[1:] = v[:-1]
print(v)   # expect: [0, 0, 1, 2, 3, 4]
