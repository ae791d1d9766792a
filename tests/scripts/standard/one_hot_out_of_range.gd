print(one_hot([0, 3], 3))   # expect error: 3
