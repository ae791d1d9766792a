vmap(fn(x, y) = x + y)([1, 2], 3)   # expect error: argument 2 is a number
