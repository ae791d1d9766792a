print(cross_entropy([[1, 2], [3, 4]], [1, 2]))   # expect error: y - 1
