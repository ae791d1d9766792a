print(normal(2, std: [1, -0.5]))   # expect error: found -0.5 at [1]
