print(LowRank(Conv2d(1, 2, 3), 1))   # expect error: for the matrix of a Dense layer
# status: 1
