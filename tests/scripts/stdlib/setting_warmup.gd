print(warmup(-1, 0.1))      # expect error: at least 0
