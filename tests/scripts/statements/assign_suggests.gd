let counter = 0
conter = 1   # expect error: counter
