let (a, b, c) = (1, 2, 3)
(a, (b, c)) = (7, (8, 9, 10))    # expect error: 2 are assigned to, a tuple of 3 is given
