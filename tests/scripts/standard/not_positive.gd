print(cholesky([[1, 2], [2, 1]]))   # expect error: positive
