let z = [1, 2, 3] + [1, 2, 3, 4]   # expect error: [3]
# expect stderr: [4]
