let y = conv1d(ones(1, 3, 4), ones(1, 2, 2))   # expect error: conv1d([1, 3, 4], [1, 2, 2]): 3 channels, the weights have 2
