print(categorical([[0, 1], [2, nan]]))   # expect error: found NaN at [1, 1]
