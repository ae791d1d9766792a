print(conv2d(ones(1, 1, 4, 4), ones(1, 1, 2, 2), stride: 0))   # expect error: stride
