print([1, 2, 3][[0.5, 1]])   # expect error: 0.5
