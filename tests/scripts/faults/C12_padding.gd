print(conv2d(ones(1, 1, 4, 4), ones(1, 1, 2, 2), padding: 4611686018427387904))   # expect error: pad
