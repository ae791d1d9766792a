print(hinge([2, -2], [1, 0]))   # expect error: 2 * y - 1
