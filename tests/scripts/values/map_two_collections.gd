print(map([1, 2], [3, 4]))    # expect error: a function is expected here, this is a tensor
