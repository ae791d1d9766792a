let y = conv2d(ones(1, 1, 4, 4), ones(1, 1, 2, 2), padding: (0, -1))   # expect error: the padding must be a whole number of at least 0, not -1
