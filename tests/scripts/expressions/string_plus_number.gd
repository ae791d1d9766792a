print("n: " + 1)   # expect error ~ .
