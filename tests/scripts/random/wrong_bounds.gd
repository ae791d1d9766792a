print(randint(5, 5, 3))   # expect error ~ .
