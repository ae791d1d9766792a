print([1, 2, 3][[0 / 0]])   # expect error ~ .
