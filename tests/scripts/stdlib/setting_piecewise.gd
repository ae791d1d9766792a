print(piecewise(1, (5, 2), (5, 3)))      # expect error: must rise
