print(auc([1, nan], [0, 1]))   # expect error: auc: a NaN is among the scores: found NaN at [1]
