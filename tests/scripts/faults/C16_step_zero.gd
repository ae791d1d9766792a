print(arange(5)[::0])   # expect error: step
