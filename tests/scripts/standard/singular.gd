print(inverse([[1, 2], [2, 4]]))   # expect error: singular
