# Pooling to one place, to a given size, and enlarging; the numbers are those of PyTorch 1.13.
let y = reshape(arange(35), 1, 1, 5, 7)
print(AdaptivePool2d((2, 3))(y), AdaptivePool2d((2, 3), mode: "max")(y))     # expect: [[[[8, 10, 12], [22, 24, 26]]]] [[[[16, 18, 20], [30, 32, 34]]]]
print(AdaptivePool2d(1)(y), shape(AdaptivePool2d(8)(y)))                     # expect: [[[[17]]]] (1, 1, 8, 8)
print(GlobalPool()(y), GlobalPool(mode: "max")(y), GlobalPool()([[[1, 2], [3, 6]]]))   # expect: [[17]] [[34]] [[2, 4]]
let z = [[[[1, 2], [4, 8]]]]
print(Upsample(2, mode: "bilinear")(z)[0, 0, 1:])                            # expect: [[1.75, 2.1875, 3.0625, 3.5], [3.25, 4.0625, 5.6875, 6.5], [4, 5, 7, 8]]
print(Upsample((1, 3))(z))                                                   # expect: [[[[1, 1, 1, 2, 2, 2], [4, 4, 4, 8, 8, 8]]]]
