print(squared_hinge([2, -2], [false, true]))   # expect error: labels are -1 and 1
