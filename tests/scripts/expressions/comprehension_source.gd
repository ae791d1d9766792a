print([x for x in 5])    # expect error: a number cannot be iterated over
