# Numbers keep subnormals; tensor kernels flush them, everywhere alike.
print(5e-324, 5e-324 * 1)                # expect: 5e-324 5e-324
print([1e-45] * 2, [1e-40] + [0])        # expect: [0] [0]
precision(f64)
print(log2([5e-324]), lgamma([1e-310]), [-1e-310, 1e-310]^-0.3, [1e-310]^0.3)    # expect: [-inf] [inf] [inf, inf] [0]
