let y = conv1d(ones(1, 4, 3), ones(1, 2, 2))   # expect error: conv1d([1, 4, 3], [1, 2, 2]): 3 channels, the weights have 2
