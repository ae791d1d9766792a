let d = dataset(zeros(3, 2), zeros(4))   # expect error: 3
