print(np.concatenate([1], [2]))   # expect error: in gd, `concatenate` is called `concat`
