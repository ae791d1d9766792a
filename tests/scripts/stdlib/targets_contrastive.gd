print(contrastive(zeros(2, 1), ones(2, 1), [1, -1]))   # expect error: (y + 1) / 2
