print(BatchNorm(2, momentum: 2))      # expect error: momentum
