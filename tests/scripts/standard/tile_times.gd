print(tile([1, 2]))   # expect error: `tile` needs a number of times
