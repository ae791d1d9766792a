print([1, 2, 3][9223372036854775807])   # expect error ~ .
