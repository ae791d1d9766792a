vmap(fn(x, y) = x + y, axes: (0, 0, 0))([1, 2], [1, 2])   # expect error: `axes:` has 3 items, the function is given 2 arguments
