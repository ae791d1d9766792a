print(binary_cross_entropy([2, -2], [1, nan]))   # expect error: found NaN at [1]
