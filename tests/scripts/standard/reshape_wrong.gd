print(reshape(arange(6), 4, 2))   # expect error: 6
