let y = conv2d(ones(1, 1, 4, 4), ones(1, 1, 2, 2), padding: (1, 2, 3))   # expect error: four (top, bottom, left, right), "same" or "valid", not 3 numbers
