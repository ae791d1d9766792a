let d = dict()
d[[1, 2]] = 3    # expect error: a key is a string, a number or a bool
