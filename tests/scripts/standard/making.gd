print(zeros(2), ones(2, 2), full(2, 2, value: 7))   # expect: [0, 0] [[1, 1], [1, 1]] [[7, 7], [7, 7]]
print(eye(2), arange(4), linspace(0, 1, 5))          # expect: [[1, 0], [0, 1]] [0, 1, 2, 3] [0, 0.25, 0.5, 0.75, 1]
print(tensor(list(1, 2)), one_hot([0, 2], 3))        # expect: [1, 2] [[1, 0, 0], [0, 0, 1]]
print(shape(zeros((2, 3))), shape(zeros(shape([[1]]))), shape(zeros()))   # expect: (2, 3) (1, 1) ()
