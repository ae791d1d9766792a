print(grad(fn(x) = sum(where(x > 0, log(x), 0)))([0, 2]))   # expect: [0, 0.5]
