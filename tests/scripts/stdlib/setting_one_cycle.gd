print(one_cycle(1, steps: 10, rise: 2))      # expect error: rise
