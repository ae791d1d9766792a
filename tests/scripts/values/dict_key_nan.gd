print(dict((0 / 0, 1)))    # expect error: NaN is equal to nothing
