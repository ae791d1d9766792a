print(categorical([[0, -inf], [-inf, -inf]]))   # expect error: found -inf at [1, 0]
