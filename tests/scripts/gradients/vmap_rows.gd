vmap(fn(x, y) = x + y)([1, 2], [1, 2, 3])   # expect error: axis 0 of argument 2 has 3, the arguments before it 2
