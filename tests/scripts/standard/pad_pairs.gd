# The amounts of `pad`: numbers in a row, one tuple of them, or a pair for each axis.
let x = [[1, 2]]
print(pad(x, 1, 0, 0, 1), pad(x, (1, 0, 0, 1)) == pad(x, (1, 0), (0, 1)))   # expect: [[0, 0, 0], [1, 2, 0]] [[true, true, true], [true, true, true]]
print(all(pad(x, ((1, 0), (0, 1))) == pad(x, (1, 0), (0, 1))), pad(x, (0, 1), axis: 1))   # expect: true [[1, 2, 0]]
print(pad(x, "same"))   # expect error: an amount of padding is a number
