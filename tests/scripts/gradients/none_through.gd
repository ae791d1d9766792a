print(grad(fn(x) = sum(argsort(x)))([1, 2]))   # expect error: argsort
