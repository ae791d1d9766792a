print(conv2d(ones(1, 3, 4, 4), ones(2, 1, 2, 2), groups: 2))   # expect error: groups
