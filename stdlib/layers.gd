# Layers: models that are parts of other models.
#
# Each is one declaration without any privilege: copy it into a script, change it, and it works the same.  Weights
# are kept as in `x @ W`, so that a batch of rows [N, inputs] gives [N, outputs]; images are [N, C, H, W],
# sequences [N, T, D].  The first paragraph of a `##` comment says what a layer is; the lines indented by four are run by the tests.

## An affine map of the last axis: `x @ W + b`.  x [.., inputs] gives [.., outputs].
## W [inputs, outputs] starts as he_normal (He et al., "Delving Deep into Rectifiers", 2015), b [outputs] at zero;
## `bias: false` leaves b out.
##
##     print(shape(Dense(3, 2)(zeros(5, 3))))   # expect: (5, 2)
##     print(count(Dense(3, 2)), count(Dense(3, 2, bias: false)))   # expect: 8 6
model Dense(inputs, outputs, bias = true) {
  param W = he_normal(inputs, outputs)
  param b = if bias { zeros(outputs) } else { none }
  fn forward(x: [.., inputs]) -> [.., outputs] = if bias { x @ W + b } else { x @ W }
}

## Every axis but the first made into one: [N, ..] gives [N, D].
##
##     print(shape(Flatten()(zeros(4, 1, 28, 28))))   # expect: (4, 784)
model Flatten() {
  fn forward(x) = flatten(x)
}

## In training, sets each element to zero with probability `rate` and divides the others by `1 - rate`, so that the mean
## stays; elsewhere gives x as it is (Srivastava et al., "Dropout", JMLR 15, 2014).
##
##     print(Dropout(0.5)([1, 2, 3]))   # expect: [1, 2, 3]
model Dropout(rate = 0.5) {
  _share("Dropout", rate)
  fn forward(x) = if training { dropout(x, rate) } else { x }
}

## A table of `count` vectors of length `dim`, looked up by number: indices [..] give [.., dim].  Starts as normal numbers.
##
##     print(shape(Embedding(10, 4)([[1, 2, 3], [7, 8, 9]])))   # expect: (2, 3, 4)
model Embedding(count, dim) {
  param table = normal(count, dim)
  fn forward(index) = table[require(index, index == clamp(index, 0, count - 1), "Embedding: its {count} vectors have the numbers from 0 to {count - 1}")]
}

## Each row brought to mean 0 and variance 1, then scaled and moved by what is learned:
## `(x - mean) / sqrt(var + eps) * gain + offset` over the last axis (Ba, Kiros and Hinton, "Layer Normalization", 2016).
##
##     print("{LayerNorm(3)([[1, 2, 3]])[0, 2]:.4f}")   # expect: 1.2247
model LayerNorm(dim, eps = 1e-5) {
  _not_below_zero("LayerNorm", eps)
  param gain = ones(dim)
  param offset = zeros(dim)
  fn forward(x: [.., dim]) -> [.., dim] {
    _unit(x - mean(x, axis: -1, keep: true), -1, eps) * gain + offset
  }
}

## Each row divided by the root of its mean square, then scaled: `x / sqrt(mean(x^2) + eps) * gain` over the last axis
## (Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019).
##
##     print("{RMSNorm(2)([[3, 3]])[0, 0]:.4f}")   # expect: 1.0000
model RMSNorm(dim, eps = 1e-6) {
  _not_below_zero("RMSNorm", eps)
  param gain = ones(dim)
  fn forward(x: [.., dim]) -> [.., dim] = _unit(x, -1, eps) * gain
}

## Each feature (x [N, dim]) or channel (x [N, dim, H, W]) brought to mean 0 and variance 1 over the batch, then scaled and moved.
## In training by the batch's own moments, which are averaged into the buffers mean_ and variance_ with weight `momentum`;
## elsewhere by the buffers (Ioffe and Szegedy, "Batch Normalization", 2015).  As in PyTorch the batch is divided
## by its biased variance and the buffer keeps the unbiased one.
##
##     print(BatchNorm(2, eps: 0)([[1, 2], [3, 4]]))   # expect: [[1, 2], [3, 4]]
model BatchNorm(dim, momentum = 0.1, eps = 1e-5) {
  _not_below_zero("BatchNorm", eps)
  if not (momentum >= 0 and momentum <= 1) { error("BatchNorm: `momentum` is the weight of the new moments, from 0 to 1, this is {momentum}") }
  param gain = ones(dim)
  param offset = zeros(dim)
  buffer mean_ = zeros(dim)
  buffer variance_ = ones(dim)
  fn forward(x) {
    let axes = if rank(x) == 4 { (0, 2, 3) } else { (0,) }
    let along = if rank(x) == 4 { (1, dim, 1, 1) } else { (1, dim) }   # the shape in which a value for each channel meets x
    let rows = size(x) / dim
    let centre = if training { mean(x, axis: axes) } else { mean_ }
    let variance = if training { var(x, axis: axes) } else { variance_ }
    if training {
      if rows < 2 { error("BatchNorm needs two rows or more in training, x is {shape(x)}: if it is what an epoch leaves over, `drop_last: true` leaves it out") }
      mean_ = (1 - momentum) * mean_ + momentum * centre
      variance_ = (1 - momentum) * variance_ + momentum * variance * (rows / (rows - 1))
    }
    let factor = gain * rsqrt(variance + eps)
    (x - reshape(centre, along)) * reshape(factor, along) + reshape(offset, along)
  }
}

## Channels in `groups` equal groups, each brought to mean 0 and variance 1 for each image, then scaled and moved by channel.
## x [N, dim, ..] keeps its shape (Wu and He, "Group Normalization", 2018).
##
##     print("{GroupNorm(1, 2)([[1, 3]])[0, 1]:.3f}")   # expect: 1.000
model GroupNorm(groups, dim, eps = 1e-5) {
  _not_below_zero("GroupNorm", eps)
  if dim % groups != 0 { error("GroupNorm: {dim} channels cannot be cut into {groups} equal groups") }
  param gain = ones(dim)
  param offset = zeros(dim)
  fn forward(x) {
    let grouped = reshape(x, shape(x)[0], groups, -1)
    let normal = _unit(grouped - mean(grouped, axis: 2, keep: true), 2, eps)
    let channels = reshape(normal, shape(x)[0], dim, -1)
    reshape(channels * reshape(gain, 1, dim, 1) + reshape(offset, 1, dim, 1), shape(x))
  }
}

## Convolution (in truth correlation, as everywhere in this field) of images: x [N, inputs, H, W] gives [N, outputs, H', W'],
## H' = floor((H + 2 padding - dilation (size - 1) - 1) / stride) + 1.  W [outputs, inputs / groups, size, size]
## starts normal with variance 2 / fan-in (He et al., 2015), b [outputs] at zero.
##
##     print(shape(Conv2d(1, 8, 3, padding: 1)(zeros(2, 1, 28, 28))))   # expect: (2, 8, 28, 28)
model Conv2d(inputs, outputs, size, stride = 1, padding = 0, dilation = 1, groups = 1, bias = true) {
  param W = normal(outputs, inputs / groups, size, size, std: sqrt(2 / (inputs / groups * size * size)))
  param b = if bias { zeros(outputs) } else { none }
  # V is the width: W in a shape would be the weight.
  fn forward(x: [N, inputs, H, V]) = conv2d(x, W, b, stride: stride, padding: padding, dilation: dilation, groups: groups)
}

## Convolution along sequences: x [N, T, inputs] gives [N, T', outputs], T' as for Conv2d.  W [outputs, inputs, size].
##
##     print(shape(Conv1d(3, 5, 4)(zeros(2, 10, 3))))   # expect: (2, 7, 5)
model Conv1d(inputs, outputs, size, stride = 1, padding = 0, dilation = 1, bias = true) {
  param W = normal(outputs, inputs, size, std: sqrt(2 / (inputs * size)))
  param b = if bias { zeros(outputs) } else { none }
  fn forward(x: [N, T, inputs]) = permute(conv1d(permute(x, 0, 2, 1), W, b, stride: stride, padding: padding, dilation: dilation), 0, 2, 1)
}

## The greatest of each window of `size` by `size` pixels: x [N, C, H, W].  `stride` is `size` unless given.
##
##     print(MaxPool2d(2)(reshape(arange(16), 1, 1, 4, 4)))   # expect: [[[[5, 7], [13, 15]]]]
model MaxPool2d(size, stride = none, padding = 0) {
  fn forward(x: [N, C, H, W]) = max_pool2d(x, size, stride: stride, padding: padding)
}

## The mean of each window of `size` by `size` pixels: x [N, C, H, W].  `stride` is `size` unless given.
##
##     print(AvgPool2d(2)(reshape(arange(16), 1, 1, 4, 4)))   # expect: [[[[2.5, 4.5], [10.5, 12.5]]]]
model AvgPool2d(size, stride = none, padding = 0) {
  fn forward(x: [N, C, H, W]) = avg_pool2d(x, size, stride: stride, padding: padding)
}

## Each column less its mean over its deviation, both those of a data set (or of a tensor [N, ..]) and kept as buffers: first in a `chain`, the net is given raw rows and is saved
## with its scaling.  A constant column becomes 0.
##
##     let scaled = Standardize([[1, 5], [3, 5]])
##     print(scaled([[1, 5], [5, 5]]))   # expect: [[-1, 0], [3, 0]]
model Standardize(d) {
  let x = if type(d) == "dataset" { d.x } else { d }
  if rank(x) < 2 or shape(x)[0] == 0 { error("Standardize needs rows [N, ..] to take the mean of, these are {list(shape(x)...)}") }
  # Beside the first row, columns that are constant have no deviation at all, and means that are large keep their digits.
  let beside = x - x[:1]
  let spread = std(beside, axis: 0)
  buffer mean_ = x[0] + mean(beside, axis: 0)
  buffer deviation_ = where(spread == 0, 1, spread)
  fn forward(x) = (x - mean_) / deviation_
}

## A Dense layer that stays as it is, and the product of two thin matrices that is trained beside it: `layer(x) + scale x @ A @ B`, A [inputs, rank], B [rank, outputs].
## Making one freezes the layer; B starts at zero, so that nothing changes at first.  `merged()` is the one matrix that does the same
## (Hu et al., "LoRA", 2022; their alpha is `scale * rank`).
##
##     let (layer, x) = (Dense(8, 8), randn(3, 8))
##     let thin = LowRank(layer, rank: 2)
##     print(all(thin(x) == layer(x)), count(thin))   # expect: true 104
model LowRank(layer, rank, scale = 1) {
  if len(shape(layer.W)) != 2 { error("LowRank is for the matrix of a Dense layer, this W is {list(shape(layer.W)...)}") }
  let (inputs, outputs) = shape(layer.W)
  if not (rank >= 1 and rank <= inputs and rank <= outputs) { error("LowRank: `rank` is {rank}, of a matrix [{inputs}, {outputs}] it is from 1 to the smaller of the two") }
  freeze(layer)
  param A = normal(inputs, rank, std: 1 / sqrt(inputs))
  param B = zeros(rank, outputs)
  fn forward(x: [.., inputs]) -> [.., outputs] = layer(x) + scale * (x @ A @ B)
  fn merged() = layer.W + scale * A @ B
}

## Each element zero with probability `rate`, the others divided by `1 - rate`; whether in training or not (Dropout asks that).
##
##     print(dropout([1, 2], rate: 0))   # expect: [1, 2]
fn dropout(x, rate = 0.5) {
  _share("dropout", rate)
  if rate == 0 { x } else { x * bernoulli(1 - rate, shape(x)) / (1 - rate) }
}

## Parts one after the other: `chain(f, g, h)(x)` is `h(g(f(x)))`.  Parts are models or functions of one argument; a model among
## them is `net.parts.0`.
##
##     print(count(chain(Dense(4, 8), relu, Dense(8, 1))))   # expect: 49
model chain(parts...) {
  fn forward(x) {
    for part in parts { x = part(x) }
    x
  }
}

# x / sqrt(mean(x^2) + eps) along an axis, of rows of any size: the squares of long ones overflow, those of tiny ones vanish.  What it is
# divided by first is that root to the last digit but one, so the second root is of a number beside 1; to the gradients, of any
# order, it is a constant, since the result does not depend on it.
fn _unit(x, axis, eps) {
  let size = stop_gradient(hypot(norm(x, axis: axis, keep: true) / sqrt(shape(x)[axis]), sqrt(eps)))
  let near = x / size
  near * rsqrt(mean(near^2, axis: axis, keep: true) + (sqrt(eps) / size)^2)
}

# The settings that several layers have.
fn _share(name, rate) {
  if not (rate >= 0 and rate < 1) { error("{name}: the rate is {rate}, it must be from 0 to below 1") }
}

fn _not_below_zero(name, eps) {
  if not (eps >= 0) { error("{name}: `eps` must be at least 0, this is {eps}") }
}
