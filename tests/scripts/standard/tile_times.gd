print(tile([1, 2]))   # expect error: `tile` needs to know how many times
