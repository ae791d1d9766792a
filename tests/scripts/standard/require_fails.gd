let x = [[1, 2], [3, -4]]
print(require(x, x > 0, "lengths are above 0"))   # expect error: lengths are above 0: found -4 at [1, 1]
