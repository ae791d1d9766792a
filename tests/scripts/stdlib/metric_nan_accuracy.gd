print(accuracy([[1, 2], [nan, 0]], [1, 0]))   # expect error: accuracy: a NaN is among the scores: found NaN at [1, 0]
