print(permute(ones(2, 3), 0, 0))   # expect error ~ .
