print(triplet([[0.0]], [[1.0]], [[2.0]], margin: -1))      # expect error: margin
