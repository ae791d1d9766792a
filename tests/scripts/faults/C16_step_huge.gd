print(arange(5)[::-9223372036854775808], arange(5)[::1e18])   # expect: [4] [0]
