print(nll([[-1, -2], [-3, -4]], [[0], [1]]))   # expect error: reshape(y, -1)
