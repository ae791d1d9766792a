print(exponential(1, 0.5, steps: 0 / 0))      # expect error: steps
