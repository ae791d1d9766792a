print(conv2d(ones(1, 1, 4, 4), ones(1, 1, 2, 2), dilation: 0))   # expect error: dilation
