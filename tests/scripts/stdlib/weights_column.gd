print(mse([1, 2], [1, 1], weights: [[1], [1]]))   # expect error: reshape(w, -1)
# status: 1
