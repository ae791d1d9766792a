print(conv2d(ones(1, 1, 4, 4), ones(1, 1, 5, 5)))   # expect error ~ .
