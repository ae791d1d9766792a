# Where one size is for both sides, a tuple, a list and a bracket are for each.
let x = zeros(1, 1, 6, 6)
for size in list((3, 2), [3, 2], list(3, 2)) {
  print(shape(Conv2d(1, 1, size, stride: size)(x)), shape(ConvTranspose2d(1, 1, size, stride: size)(x)), shape(MaxPool2d(size)(x)), shape(AdaptivePool2d(size)(x)), shape(Upsample(size)(x)), shape(random_crop(x, size)), shape(random_shift(x, size)))
}
# expect: (1, 1, 2, 3) (1, 1, 18, 12) (1, 1, 2, 3) (1, 1, 3, 2) (1, 1, 18, 12) (1, 1, 3, 2) (1, 1, 6, 6)
# expect: (1, 1, 2, 3) (1, 1, 18, 12) (1, 1, 2, 3) (1, 1, 3, 2) (1, 1, 18, 12) (1, 1, 3, 2) (1, 1, 6, 6)
# expect: (1, 1, 2, 3) (1, 1, 18, 12) (1, 1, 2, 3) (1, 1, 3, 2) (1, 1, 18, 12) (1, 1, 3, 2) (1, 1, 6, 6)
Conv2d(1, 1, [3, 2, 1])   # expect error: two of them (height, width), not [3, 2, 1]
