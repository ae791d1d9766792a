let d = dict()
d[[1, 2]] = 3    # expect error: a key must be a string, a number or a bool
