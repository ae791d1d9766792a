print("started", 1 + 1)
