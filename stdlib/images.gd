# Data augmentation: each function takes a batch of images [N, C, H, W] and returns a changed batch.
#
# Each image has its own random draw, keyed like all draws (LANGUAGE.md, section 11): inside a training step the
# functions run as part of the step, and the same seed gives the same images on any number of threads. They change the
# images in training and outside it, so call them in the loss, which sees the minibatches, and not in the net:
# `loss: cross_entropy(net(random_shift(x, 2)), y)`. A batch of another rank or a setting out of range is an error.

## Flips each image with probability `p`, left to right, or with `axis: 2` top to bottom. x [N, C, H, W] keeps its
## shape.
##
##     print(random_flip([[[[1, 2, 3]]]], p: 1))   # expect: [[[[3, 2, 1]]]]
fn random_flip(x, p = 0.5, axis = 3) {
  _images("random_flip", x)
  if not (p >= 0 and p <= 1) { error("random_flip: `p` is a probability, from 0 to 1, this is {p}") }
  if not (axis in (2, 3, -2, -1)) { error("random_flip: `axis:` is 2 (top to bottom) or 3 (left to right), {axis} is {if axis in (0, -4) { "that of the batch" } else if axis in (1, -3) { "that of the colours" } else { "none of these" }}") }
  where(bernoulli(p, shape(x)[0], 1, 1, 1) == 1, flip(x, axis: axis), x)
}

## Shifts each image by a random number of pixels, up to `by` in either direction along both axes; `by` is one number or
## (down, right). The pixels that enter are zeros. x [N, C, H, W] keeps its shape.
##
##     print(random_shift([[[[1, 2, 3]]]], 0), shape(random_shift(ones(2, 3, 5, 5), (1, 2))))   # expect: [[[[1, 2, 3]]]] (2, 3, 5, 5)
fn random_shift(x, by = 2) {
  _images("random_shift", x)
  let (down, right) = _both("random_shift", "the shift", by, 0)
  let (n, c, h, w) = shape(x)
  _taken(x, i32(arange(h))[none, :] - randint(-down, down + 1, n, 1), i32(arange(w))[none, :] - randint(-right, right + 1, n, 1))
}

## Cuts a window at a random position from each image: x [N, C, H, W] gives [N, C, h, w], where `size` is one number or
## (h, w). `padding`, a number or (height, width), first adds a border of zeros: `random_crop(x, 32, padding: 4)` (He et
## al., "Deep Residual Learning", 2016). A window larger than the padded image is an error.
##
##     print(shape(random_crop(ones(2, 3, 8, 8), 6)), random_crop([[[[1, 2]]]], (1, 2)))   # expect: (2, 3, 6, 6) [[[[1, 2]]]]
fn random_crop(x, size, padding = 0) {
  _images("random_crop", x)
  let (height, width) = _both("random_crop", "the size", size, 1)
  let (above, before) = _both("random_crop", "the padding", padding, 0)
  let (n, c, h, w) = shape(x)
  if height > h + 2 * above or width > w + 2 * before {
    error("random_crop: a window of {height} by {width} does not fit into images of {h} by {w}{if above + before > 0 { " with their padding" } else { "" }}")
  }
  let top = randint(-above, h + above - height + 1, n, 1)
  let left = randint(-before, w + before - width + 1, n, 1)
  _taken(x, i32(arange(height))[none, :] + top, i32(arange(width))[none, :] + left)
}

## Rotates each image about its centre by a random angle of up to `degrees` (0 to 180) in either direction, with
## bilinear interpolation and zeros outside the image. x [N, C, H, W] keeps its shape.
##
##     print(random_rotate([[[[1, 2], [3, 4]]]], 0))   # expect: [[[[1, 2], [3, 4]]]]
fn random_rotate(x, degrees = 15) {
  _images("random_rotate", x)
  if not (degrees >= 0 and degrees <= 180) { error("random_rotate: the angle is from 0 to 180 degrees, this is {degrees}") }
  let (n, c, h, w) = shape(x)
  let angle = (2 * rand(n, 1, 1) - 1) * (degrees * 3.141592653589793 / 180)
  let (y, z) = ((arange(h) - (h - 1) / 2)[none, :, none], (arange(w) - (w - 1) / 2)[none, none, :])
  let down = cos(angle) * y - sin(angle) * z + (h - 1) / 2
  let right = sin(angle) * y + cos(angle) * z + (w - 1) / 2
  let (top, left) = (floor(down), floor(right))
  let (low, far) = ((down - top)[:, none], (right - left)[:, none])
  let (i, j) = (i32(top), i32(left))
  let upper = (1 - far) * _at(x, i, j) + far * _at(x, i, j + 1)
  let lower = (1 - far) * _at(x, i + 1, j) + far * _at(x, i + 1, j + 1)
  (1 - low) * upper + low * lower
}

## Adds normal noise with standard deviation `std` to each element of x, which keeps its shape.
##
##     print(random_noise([1, 2], std: 0))   # expect: [1, 2]
fn random_noise(x, std = 0.1) {
  if not (std >= 0 and std < inf) { error("random_noise: `std` is at least 0 and finite, this is {std}") }
  x + normal(shape(x), std: std)
}

fn _images(name, x) {
  if rank(x) != 4 { error("{name} takes images [N, C, H, W], x is {list(shape(x)...)}") }
}

# One number or (height, width), as two; whole, at least `least`.
fn _both(name, what, value, least) {
  let pair = _sides(value)
  for side in pair {
    if not (type(side) == "number" and side >= least and side == floor(side)) {
      error("{name}: {what} is a whole number of at least {least}, or two of them (height, width), not {value}")
    }
  }
  pair
}

# The pixels of x [N, C, H, W] in the rows [N, h] and columns [N, w] of each image; zero outside.
fn _taken(x, rows, columns) = _at(x, rows[:, :, none], columns[:, none, :])

# The same for rows and columns [N, h, w] together.  Places in the whole of x are i32, which holds them up to 2^31.
fn _at(x, rows, columns) {
  let (n, c, h, w) = shape(x)
  let inside = rows >= 0 and rows < h and columns >= 0 and columns < w
  let place = clamp(rows, 0, h - 1) * w + clamp(columns, 0, w - 1)
  let image = reshape(i32(arange(n * c)), n, c, 1, 1) * (h * w)
  where(inside[:, none], reshape(x, -1)[image + place[:, none]], 0)
}
