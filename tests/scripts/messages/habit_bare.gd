let x = [1, 2]; print(unsqueeze(x, 0))   # expect error: `x[:, none]`
