print(grad(fn(x) = sum(x[[1, 1, 1]] * [1, 2, 3]))([0, 0]))   # expect: [0, 6]
