print(binary_cross_entropy([2, -2], [1, 5]))   # expect error: found 5 at [1]
