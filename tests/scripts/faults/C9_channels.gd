let z = conv2d(ones(1, 4, 8, 8), ones(2, 3, 3, 3))   # expect error: [2, 3, 3, 3]
