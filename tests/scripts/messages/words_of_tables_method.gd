print(dataset([[1, 2]], [0]).groupby("y"))   # expect error: the means of v: `one_hot(g, k)' @ v / bincount(g, least: k)`
