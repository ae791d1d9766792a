# Numbers keep subnormals; tensor kernels flush them, everywhere alike.
print(5e-324, 5e-324 * 1)                # expect: 5e-324 5e-324
print([1e-45] * 2, [1e-40] + [0])        # expect: [0] [0]
