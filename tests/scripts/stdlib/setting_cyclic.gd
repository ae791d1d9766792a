print(cyclic(0, 1, half: 0))      # expect error: half
