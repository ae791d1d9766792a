print(uniform(2, low: [0, 3], high: [1, 3]))   # expect error: found 0 at [1]
