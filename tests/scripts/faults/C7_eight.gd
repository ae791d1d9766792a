print(rank(zeros(1, 1, 1, 1, 1, 1, 1, 1)), size(zeros(2, 2, 2, 2, 2, 2, 2, 2)))   # expect: 8 256
