let x = [[1, 2], [3, -4]]
print(require(x, sum(x, axis: 1, keep: true) > 0, "{"a row"} adds up to more than 0"))   # expect error: a row adds up to more than 0: found 3 at [1, 0]
