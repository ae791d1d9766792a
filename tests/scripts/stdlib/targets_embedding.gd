print(Embedding(3, 2)([0, -1]))   # expect error: found -1 at [1]
