let x = [1, 2]
x[0] = 3e38
x[1] = -1e39                                 # expect error: -1e39 does not fit in f32
