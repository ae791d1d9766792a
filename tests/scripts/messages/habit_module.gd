print(np.concatenate([1], [2]))   # expect error: what is `concatenate` elsewhere is `concat` here
