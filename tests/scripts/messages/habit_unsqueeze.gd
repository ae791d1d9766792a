print([1, 2].unsqueeze(0))   # expect error: [1, 2][:, none]
