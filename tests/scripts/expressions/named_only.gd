print(max(1, 2))   # expect error: maximum
