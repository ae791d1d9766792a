let y = conv1d(ones(1, 5, 1), ones(1, 1, 2), stride: 1.5)   # expect error: the stride must be a whole number of at least 1, not 1.5
