print(binary_cross_entropy([2, -2], [1, -1]))   # expect error: (y + 1) / 2 makes them of -1 and 1
