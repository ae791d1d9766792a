print(cross_entropy([[1, 2], [0, 1]], [0, 1], weights: [-1, 2], reduce: "sum") > 0)   # expect: false
print(cross_entropy([[1, 2], [0, 1]], [0, 1], weights: [-1, 2]))                     # expect error: found -1 at [0]
# status: 1
