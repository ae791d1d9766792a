let y = conv1d(ones(1, 3, 4), ones(2, 3, 2))   # expect error: permute(x, 0, 2, 1) makes one of [N, C, T]
