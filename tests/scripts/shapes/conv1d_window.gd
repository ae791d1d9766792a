let y = conv1d(ones(1, 4, 1), ones(1, 1, 3), dilation: 3, padding: 1)   # expect error: length: a window of 7 (dilated) over 6 (padded)
