# A bracket of plain numbers means what one with a name in it does.
let one = 1
let row = [1, -2, 3.5]
print(row == [one, -2, 3.5], [[1, 2], [-3, 4]] == [[one, 2], [-3, 4]])   # expect: [true, true, true] [[true, true], [true, true]]
print(shape([[[1], [2]], [[3], [4]]]), [[1, 2], [3]], [1, [2]])          # expect: (2, 2, 1) [[1, 2], [3]] [1, [2]]
print(i32([16777217, -16777217]), f64([[16777217, 1]])[0, 0] == 16777217)       # expect: [16777217, -16777217] true
print(row[[0, 2]], 1 / [-0.0])                                           # expect: [1, 3.5] [-inf]
row[0] = 7
for i in 1..2 { print([1, 2] + i, row) }
# expect: [2, 3] [7, -2, 3.5]
# expect: [3, 4] [7, -2, 3.5]
print([[1, 2],
       [3, 2e39]])   # expect error: 2e39 does not fit in f32
