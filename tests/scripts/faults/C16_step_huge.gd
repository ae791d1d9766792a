print(arange(5)[::-1e18], arange(5)[::1e18])   # expect: [4] [0]
