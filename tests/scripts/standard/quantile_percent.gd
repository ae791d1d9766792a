print(quantile([1, 2, 3], 90))   # expect error: 90 percent is 0.9
