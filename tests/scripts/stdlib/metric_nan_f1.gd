print(f1([1, nan], [0, 1]))   # expect error: f1: a NaN is among the scores
