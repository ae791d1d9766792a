print(1 / -0.0 < 0, 1 / relu([0]) > 0, 1 / sqrt([-0.0]) < 0, 1 / maximum([-0.0], -1) < 0)   # expect: true [true] [true] [true]
