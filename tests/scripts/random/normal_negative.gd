print(normal(2, std: -1))   # expect error: at least 0
