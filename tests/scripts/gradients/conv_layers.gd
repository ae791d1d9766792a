# First gradients against differences, and second ones as gradients of a scalar made of the first.
precision(f64)
let x = sin(reshape(arange(32), 1, 2, 4, 4))
let s = cos(reshape(arange(12), 1, 4, 3))
fn slopes(f, at) = check_gradient(fn(z) = sum(sin(f(z)) * f(z)), at) and check_gradient(fn(z) = sum(square(grad(fn(y) = sum(sin(f(y))))(z))), at)
let images = list(
  Conv2d(2, 2, 3, padding: (0, 1, 2, 0), dilation: (1, 2)), Conv2d(2, 4, (1, 2), stride: (2, 1), groups: 2),
  ConvTranspose2d(2, 2, 3, stride: 2, padding: 1, output_padding: 1), Residual(Conv2d(2, 2, 3, padding: "same")),
  MaxPool2d(3, stride: 2, padding: 1), AvgPool2d(3, padding: 1, count_padding: false), AdaptivePool2d(3), AdaptivePool2d(3, mode: "max"),
  GlobalPool(), Upsample(2), Upsample(2, mode: "bilinear"), GroupNorm(1, 2), InstanceNorm(2), BatchNorm(2),
  fn(z) = random_flip(z, p: 1), fn(z) = random_shift(z, 0), fn(z) = random_crop(z, 4), fn(z) = random_rotate(z, 0))
let rows = list(Conv1d(3, 2, 2, padding: (1, 0)), ConvTranspose1d(3, 2, 3, stride: 2), MaxPool1d(2), AvgPool1d(2, padding: "same"), InstanceNorm(3))
print(map(fn(f) = slopes(f, x), images) == map(fn(f) = true, images))   # expect: true
print(map(fn(f) = slopes(f, s), rows) == map(fn(f) = true, rows))       # expect: true
