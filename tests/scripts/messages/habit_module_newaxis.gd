let x = [1, 2]; print(x[:, np.newaxis])   # expect error: `x[:, none]`
