let (a, b) = (1, 2)
(a, b) = 5    # expect error: a number cannot be taken apart
