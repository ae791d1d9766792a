# Batches of no images go through, with gradients of zero.
let net = chain(Conv2d(2, 4, 3, padding: "same"), BatchNorm(4), relu, MaxPool2d(2), ConvTranspose2d(4, 2, 2, stride: 2), AdaptivePool2d(3), GlobalPool())
print(shape(net(zeros(0, 2, 8, 8))))                                       # expect: (0, 2)
print(sum(grad(fn(w) = sum(conv2d(zeros(0, 2, 8, 8), w)))(ones(3, 2, 3, 3))))   # expect: 0
print(shape(random_rotate(random_crop(random_shift(random_flip(zeros(0, 1, 8, 8)), 1), 6), 10)))   # expect: (0, 1, 6, 6)
