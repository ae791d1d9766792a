print(dict(lr: 1, momentum: 2, lr: 3))    # expect error: `lr` is given twice
