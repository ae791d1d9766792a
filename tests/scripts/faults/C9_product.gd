let z = ones(2, 3) @ ones(2, 3)   # expect error: [2, 3]
