print(r2([1, nan], [0, 1]))   # expect error: r2: a NaN is among the scores
