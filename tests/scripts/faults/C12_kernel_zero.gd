print(conv2d(ones(1, 1, 4, 4), ones(1, 1, 0, 2)))   # expect error ~ .
