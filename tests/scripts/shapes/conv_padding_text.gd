let y = conv2d(ones(1, 1, 4, 4), ones(1, 1, 2, 2), padding: "full")   # expect error: "same" or "valid"
