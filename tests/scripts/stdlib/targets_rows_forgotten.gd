print(cross_entropy([0.2, 1, -1], [1, 0, 1]))   # expect error: binary_cross_entropy
