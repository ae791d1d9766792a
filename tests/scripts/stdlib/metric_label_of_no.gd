print(precision([1, -1], [1, 2]))   # expect error: 0 or -1 against 1: found 2 at [1]
