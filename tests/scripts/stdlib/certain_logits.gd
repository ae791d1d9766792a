# An infinite logit is certain: it costs 0 where the target agrees, inf where it does not.
print(binary_cross_entropy([inf], [1]), binary_cross_entropy([-inf], [0]))                                # expect: 0 0
print(binary_cross_entropy([inf], [0]), binary_cross_entropy([-inf], [1]), binary_cross_entropy([inf], [0.5]))   # expect: inf inf inf
print("{binary_cross_entropy([inf, -inf, 0], [1, 0, 0.5]) * 3:.4f}")                                      # expect: 0.6931
print(grad(fn(z) = binary_cross_entropy(z, [1, 0, 1]))([inf, -inf, 0]) * 6)                               # expect: [0, 0, -1]
print(binary_cross_entropy([30], [1]) > 9e-14, binary_cross_entropy([2, -1], [true, false]) < 0.3)        # expect: true true
print(hinge([inf, -inf], [1, -1]), hinge([-inf], [1]))                                                    # expect: 0 inf
