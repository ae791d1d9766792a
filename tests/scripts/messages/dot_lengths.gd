dot([1, 2], [1, 2, 3])    # expect error: `dot` needs two vectors of one length, these have 2 and 3
