print([1, 2][0, 0])   # expect error ~ .
