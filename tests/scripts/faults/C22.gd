let l = cross_entropy([[1, 2], [3, 4]], [0, 2])
# expect stderr: 2
# expect stderr: C22.gd:1
# status: 1
