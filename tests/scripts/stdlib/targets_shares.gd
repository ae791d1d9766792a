print(cross_entropy([[1, 2]], [[3, 0]]))   # expect error: one_hot(y, 2)
