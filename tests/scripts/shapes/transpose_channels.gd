let y = conv_transpose2d(ones(1, 2, 4, 4), ones(3, 2, 2, 2))   # expect error: conv_transpose2d([1, 2, 4, 4], [3, 2, 2, 2]): 2 channels, the weights have 3
