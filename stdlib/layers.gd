# Layers: models to build other models from.
#
# Nothing here is privileged: a copy of a declaration in a script works the same and can be changed. Weights are stored
# as in `x @ W`, so a batch of rows [N, inputs] gives [N, outputs]. Images are [N, C, H, W], sequences [N, T, D]. A
# size, rate or shape out of range is an error that names the layer. The first paragraph of a `##` comment says what the
# layer computes; the lines indented by four are examples, which the tests run.

## An affine map of the last axis: `x @ W + b`. x [.., inputs] gives [.., outputs]. W [inputs, outputs] is initialized
## by he_normal (He et al., "Delving Deep into Rectifiers", 2015), b [outputs] to zero; `bias: false` leaves b out.
##
##     print(shape(Dense(3, 2)(zeros(5, 3))))   # expect: (5, 2)
##     print(count(Dense(3, 2)), count(Dense(3, 2, bias: false)))   # expect: 8 6
model Dense(inputs, outputs, bias = true) {
  param W = he_normal(inputs, outputs)
  param b = if bias { zeros(outputs) } else { none }
  fn forward(x: [.., inputs]) -> [.., outputs] = if bias { x @ W + b } else { x @ W }
}

## Merges all axes but the first: [N, ..] gives [N, D].
##
##     print(shape(Flatten()(zeros(4, 1, 28, 28))))   # expect: (4, 784)
model Flatten() {
  fn forward(x) = flatten(x)
}

## In training, sets each element to zero with probability `rate` (from 0 to below 1) and divides the others by
## `1 - rate`, which keeps the expected value. Otherwise returns x unchanged (Srivastava et al., "Dropout", JMLR 15,
## 2014). x has any shape.
##
##     print(Dropout(0.5)([1, 2, 3]))   # expect: [1, 2, 3]
model Dropout(rate = 0.5) {
  _share("Dropout", rate)
  fn forward(x) = if training { dropout(x, rate) } else { x }
}

## A table of `count` trained vectors of length `dim`, looked up by index: indices [..] give [.., dim]. The indices are
## whole numbers from 0 to count - 1; any other is an error. The table is initialized with standard normal numbers.
##
##     print(shape(Embedding(10, 4)([[1, 2, 3], [7, 8, 9]])))   # expect: (2, 3, 4)
model Embedding(count, dim) {
  param table = normal(count, dim)
  fn forward(index) = table[require(index, index == clamp(index, 0, count - 1), "Embedding: its {count} vectors have the numbers from 0 to {count - 1}")]
}

## Normalizes the last axis to mean 0 and variance 1, then applies a trained scale and offset:
## `(x - mean) / sqrt(var + eps) * gain + offset`. x [.., dim] keeps its shape; where `dim` is a tuple, (3, 4), so many
## last axes are normalized together (Ba, Kiros and Hinton, "Layer Normalization", 2016).
##
##     print("{LayerNorm(3)([[1, 2, 3]])[0, 2]:.4f}")   # expect: 1.2247
model LayerNorm(dim, eps = 1e-5) {
  _not_below_zero("LayerNorm", eps)
  param gain = ones(dim)
  param offset = zeros(dim)
  fn forward(x: [.., dim]) -> [.., dim] {
    let axes = _last_axes("LayerNorm", x, dim)
    _in_f32(x, gain, fn(x) = _unit(x, axes, eps, true) * gain + offset)
  }
}

## Divides the last axis by its root mean square, then applies a trained scale: `x / sqrt(mean(x^2) + eps) * gain`. x
## [.., dim] keeps its shape; `dim` may be a tuple, as in LayerNorm (Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019).
##
##     print("{RMSNorm(2)([[3, 3]])[0, 0]:.4f}")   # expect: 1.0000
model RMSNorm(dim, eps = 1e-6) {
  _not_below_zero("RMSNorm", eps)
  param gain = ones(dim)
  fn forward(x: [.., dim]) -> [.., dim] {
    let axes = _last_axes("RMSNorm", x, dim)
    _in_f32(x, gain, fn(x) = _unit(x, axes, eps, false) * gain)
  }
}

## Normalizes each feature (rows [N, dim], sequences [N, T, dim]) or channel (images [N, dim, H, W]) to mean 0 and
## variance 1 over the batch and all positions, then applies a trained scale and offset. x keeps its shape. Training
## uses the moments of the batch and adds them, with weight `momentum`, to the running averages in the buffers mean_ and
## variance_; otherwise the buffers are used (Ioffe and Szegedy, "Batch Normalization", 2015). As in PyTorch, the batch
## is divided by its biased variance and the buffer stores the unbiased one. Training on fewer than two rows is an
## error.
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
    _channels("BatchNorm", x, dim)
    if not training { return _by_moments(x, mean_, variance_, eps, gain, offset) }
    let rows = size(x) / dim
    if rows < 2 { error("BatchNorm needs two rows or more in training, x is {shape(x)}: if it is what an epoch leaves over, `drop_last: true` leaves it out") }
    let (y, centre, variance) = _by_own_moments(x, eps, gain, offset)
    mean_ = (1 - momentum) * mean_ + momentum * centre
    variance_ = (1 - momentum) * variance_ + momentum * variance * (rows / (rows - 1))
    y
  }
}

## Splits the channels into `groups` equal groups and normalizes each group of each row, sequence or image to mean 0 and
## variance 1, then applies a trained scale and offset to each channel. x [N, dim], [N, T, dim] or [N, dim, H, W] keeps
## its shape; `groups` must divide dim (Wu and He, "Group Normalization", 2018).
##
##     print("{GroupNorm(1, 2)([[1, 3]])[0, 1]:.3f}")   # expect: 1.000
model GroupNorm(groups, dim, eps = 1e-5) {
  _not_below_zero("GroupNorm", eps)
  _grouped("GroupNorm", "{dim} channels", dim, groups)
  param gain = ones(dim)
  param offset = zeros(dim)
  fn forward(x) {
    _channels("GroupNorm", x, dim)
    _in_f32(x, gain, fn(x) = _by_groups(x, groups, eps, gain, offset))
  }
}

## Normalizes each channel of each sequence [N, T, dim] or image [N, dim, H, W] to mean 0 and variance 1 over its own
## positions, then applies a trained scale and offset to each channel: GroupNorm with one channel per group (Ulyanov,
## Vedaldi and Lempitsky, "Instance Normalization", 2016). A channel with a single position is an error.
##
##     print("{InstanceNorm(1)([[[[1, 3]]]])[0, 0, 0, 1]:.3f}")   # expect: 1.000
model InstanceNorm(dim, eps = 1e-5) {
  _not_below_zero("InstanceNorm", eps)
  param gain = ones(dim)
  param offset = zeros(dim)
  fn forward(x) {
    _channels("InstanceNorm", x, dim)
    if size(x) == shape(x)[0] * dim and size(x) > 0 { error("InstanceNorm: a channel of {list(shape(x)...)} has one place, and less its mean that is 0") }
    _in_f32(x, gain, fn(x) = _by_groups(x, dim, eps, gain, offset))
  }
}

## Convolution (strictly, cross-correlation, as is usual in this field) of images: x [N, inputs, H, W] gives
## [N, outputs, H', W'], H' = floor((H + top + bottom - dilation (size - 1) - 1) / stride) + 1. `size`, `stride` and
## `dilation` are one number or (height, width). `padding` is a number, (height, width), (top, bottom, left, right),
## "same" (H' = H / stride, rounded up) or "valid" (none). kernel [outputs, inputs / groups, height, width] is
## initialized with normal numbers of variance 2 / fan-in (He et al., 2015), b [outputs] to zero. With `groups`, each
## group of outputs reads its own group of inputs; `groups: inputs` is a depthwise convolution. `groups` must divide
## inputs and outputs.
##
##     print(shape(Conv2d(1, 8, 3, padding: 1)(zeros(2, 1, 28, 28))))   # expect: (2, 8, 28, 28)
##     print(count(Conv2d(8, 8, 3, groups: 8)), count(Conv2d(8, 8, 1)))   # expect: 80 72
model Conv2d(inputs, outputs, size, stride = 1, padding = 0, dilation = 1, groups = 1, bias = true) {
  let (height, width) = _window("Conv2d", size)
  _window("Conv2d", stride, what: "stride")
  _window("Conv2d", dilation, what: "dilation")
  _convolution("Conv2d", inputs, outputs, groups)
  param kernel = normal(outputs, inputs / groups, height, width, std: sqrt(2 * groups / (inputs * height * width)))
  param b = if bias { zeros(outputs) } else { none }
  fn forward(x: [N, inputs, H, W]) = conv2d(x, kernel, b, stride: stride, padding: padding, dilation: dilation, groups: groups)
}

## Convolution along sequences: x [N, T, inputs] gives [N, T', outputs], T' as H' of Conv2d. kernel
## [outputs, inputs / groups, size]. `padding` is a number, (before, after), "same" or "valid". `padding: (size - 1, 0)`
## makes a causal convolution at dilation 1.
##
##     print(shape(Conv1d(3, 5, 4)(zeros(2, 10, 3))))   # expect: (2, 7, 5)
##     print(shape(Conv1d(3, 5, 4, padding: (3, 0))(zeros(2, 10, 3))))   # expect: (2, 10, 5)
model Conv1d(inputs, outputs, size, stride = 1, padding = 0, dilation = 1, groups = 1, bias = true) {
  _convolution("Conv1d", inputs, outputs, groups)
  _stretch("Conv1d", size)
  _stretch("Conv1d", stride, what: "stride")
  _stretch("Conv1d", dilation, what: "dilation")
  param kernel = normal(outputs, inputs / groups, size, std: sqrt(2 * groups / (inputs * size)))
  param b = if bias { zeros(outputs) } else { none }
  fn forward(x: [N, T, inputs]) = conv1d(x, kernel, b, stride: stride, padding: padding, dilation: dilation, groups: groups)
}

## Transposed convolution, which enlarges images: x [N, inputs, H, W] gives [N, outputs, H', W'], H' = (H - 1) stride -
## top - bottom + dilation (size - 1) + 1 + output_padding, or H stride with `padding: "same"` (Dumoulin and Visin, "A
## guide to convolution arithmetic", 2016); output_padding is below the stride or the dilation. kernel [inputs, outputs / groups, height, width] is initialized with normal
## numbers of a variance that keeps the variance of x.
##
##     print(shape(ConvTranspose2d(8, 4, 2, stride: 2)(zeros(1, 8, 5, 6))))   # expect: (1, 4, 10, 12)
model ConvTranspose2d(inputs, outputs, size, stride = 1, padding = 0, output_padding = 0, dilation = 1, groups = 1, bias = true) {
  let (height, width) = _window("ConvTranspose2d", size)
  let (down, right) = _window("ConvTranspose2d", stride, what: "stride")
  _window("ConvTranspose2d", dilation, what: "dilation")
  _convolution("ConvTranspose2d", inputs, outputs, groups)
  # Of the taps each place of the result meets one in `stride` along either axis, and at least one.
  param kernel = normal(inputs, outputs / groups, height, width, std: sqrt(2 * groups / (inputs * _met(height, down) * _met(width, right))))
  param b = if bias { zeros(outputs) } else { none }
  fn forward(x: [N, inputs, H, W]) = conv_transpose2d(x, kernel, b, stride: stride, padding: padding, output_padding: output_padding, dilation: dilation, groups: groups)
}

## Transposed convolution, which lengthens sequences: x [N, T, inputs] gives [N, T', outputs], T' as H' of
## ConvTranspose2d. kernel [inputs, outputs / groups, size].
##
##     print(shape(ConvTranspose1d(3, 5, 4, stride: 2, padding: 1)(zeros(2, 10, 3))))   # expect: (2, 20, 5)
model ConvTranspose1d(inputs, outputs, size, stride = 1, padding = 0, output_padding = 0, dilation = 1, groups = 1, bias = true) {
  _convolution("ConvTranspose1d", inputs, outputs, groups)
  _stretch("ConvTranspose1d", size)
  _stretch("ConvTranspose1d", stride, what: "stride")
  _stretch("ConvTranspose1d", dilation, what: "dilation")
  param kernel = normal(inputs, outputs / groups, size, std: sqrt(2 * groups / (inputs * _met(size, stride))))
  param b = if bias { zeros(outputs) } else { none }
  fn forward(x: [N, T, inputs]) = conv_transpose1d(x, kernel, b, stride: stride, padding: padding, output_padding: output_padding, dilation: dilation, groups: groups)
}

## The maximum of each window of `size` by `size` pixels, or of (height, width): x [N, C, H, W] gives [N, C, H', W'], H'
## as of Conv2d. `stride` is `size` by default. `padding` is as for Conv2d, at most half the window; padded pixels are
## never the maximum.
##
##     print(MaxPool2d(2)(reshape(arange(16), 1, 1, 4, 4)))   # expect: [[[[5, 7], [13, 15]]]]
model MaxPool2d(size, stride = none, padding = 0) {
  _window("MaxPool2d", size)
  if stride != none { _window("MaxPool2d", stride, what: "stride") }
  fn forward(x: [N, C, H, W]) = max_pool2d(x, size, stride: stride, padding: padding)
}

## The mean of each window of `size` by `size` pixels, or of (height, width): x [N, C, H, W] gives [N, C, H', W'], H' as
## of Conv2d. `stride` is `size` by default. Padded pixels count as zeros, or with `count_padding: false` are left out
## of the mean.
##
##     print(AvgPool2d(2)(reshape(arange(16), 1, 1, 4, 4)))   # expect: [[[[2.5, 4.5], [10.5, 12.5]]]]
##     print(AvgPool2d(3, stride: 2, padding: 1, count_padding: false)(ones(1, 1, 3, 3)))   # expect: [[[[1, 1], [1, 1]]]]
model AvgPool2d(size, stride = none, padding = 0, count_padding = true) {
  _window("AvgPool2d", size)
  if stride != none { _window("AvgPool2d", stride, what: "stride") }
  fn forward(x: [N, C, H, W]) = avg_pool2d(x, size, stride: stride, padding: padding, count_padding: count_padding)
}

## The maximum of each window of `size` steps, for each feature: x [N, T, D] gives [N, T', D]. `stride` is `size` by
## default. `padding` is a number, (before, after), "same" or "valid".
##
##     print(MaxPool1d(2)([[[1, 5], [3, 2], [0, 0], [9, 1]]]))   # expect: [[[3, 5], [9, 1]]]
model MaxPool1d(size, stride = none, padding = 0) {
  _stretch("MaxPool1d", size)
  if stride != none { _stretch("MaxPool1d", stride, what: "stride") }
  fn forward(x: [N, T, D]) = max_pool1d(x, size, stride: stride, padding: padding)
}

## The mean of each window of `size` steps, for each feature: x [N, T, D] gives [N, T', D]. `stride` and `padding` are
## as for MaxPool1d, `count_padding` as for AvgPool2d.
##
##     print(AvgPool1d(2)([[[1, 5], [3, 2], [0, 0], [9, 1]]]))   # expect: [[[2, 3.5], [4.5, 0.5]]]
model AvgPool1d(size, stride = none, padding = 0, count_padding = true) {
  _stretch("AvgPool1d", size)
  if stride != none { _stretch("AvgPool1d", stride, what: "stride") }
  fn forward(x: [N, T, D]) = avg_pool1d(x, size, stride: stride, padding: padding, count_padding: count_padding)
}

## The mean over all positions, or with `mode: "max"` the maximum: images [N, C, H, W] give [N, C], sequences [N, T, D]
## give [N, D].
##
##     print(GlobalPool()([[[[1, 2], [3, 6]]]]), GlobalPool(mode: "max")([[[1, 5], [3, 2]]]))   # expect: [[3]] [[3, 5]]
model GlobalPool(mode = "mean") {
  _mode("GlobalPool", mode, list("mean", "max"))
  fn forward(x) {
    if rank(x) != 3 and rank(x) != 4 { error("GlobalPool takes images [N, C, H, W] or sequences [N, T, D], x is {list(shape(x)...)}") }
    let axes = if rank(x) == 4 { (2, 3) } else { (1,) }
    for axis in axes { if shape(x)[axis] < 1 { error("GlobalPool: x is {list(shape(x)...)}, there is nothing to pool") } }
    if mode == "mean" { mean(x, axis: axes) } else { max(x, axis: axes) }
  }
}

## Pools images of any size to a fixed size: x [N, C, H, W] gives [N, C, h, w], where `size` is one number or (h, w).
## Window i of the h rows runs from floor(i H / h) to ceil((i + 1) H / h), so windows overlap where h does not divide H.
## The result is the mean of each window, or with `mode: "max"` the maximum.
##
##     print(AdaptivePool2d(2)(reshape(arange(9), 1, 1, 3, 3)))   # expect: [[[[2, 3], [5, 6]]]]
model AdaptivePool2d(size, mode = "mean") {
  let (h, w) = _window("AdaptivePool2d", size)
  _mode("AdaptivePool2d", mode, list("mean", "max"))
  fn forward(x: [N, C, H, W]) {
    let (height, width) = (shape(x)[2], shape(x)[3])
    if height < 1 or width < 1 { error("AdaptivePool2d: x is {list(shape(x)...)}, there is nothing to pool") }
    if height % h == 0 and width % w == 0 {
      let window = (height / h, width / w)
      if mode == "mean" { avg_pool2d(x, window) } else { max_pool2d(x, window) }
    } else if mode == "mean" {
      let real = dtype(x * 1.0)
      let (down, across) = (_shares_of(height, h), _shares_of(width, w))
      let y = if real == "f64" { down @ x @ across' } else { f32(down) @ x @ f32(across)' }
      if real == "bf16" { bf16(y) } else { y }
    } else {
      let rows = stack(map(fn(i) = max(x[:, :, _first(i, height, h):_past(i, height, h)], axis: 2), 0..h - 1), axis: 2)
      stack(map(fn(j) = max(rows[:, :, :, _first(j, width, w):_past(j, width, w)], axis: 3), 0..w - 1), axis: 3)
    }
  }
}

## Enlarges images by the whole factor `by`, one number or (height, width): x [N, C, H, W] gives [N, C, by H, by W].
## `mode: "nearest"` repeats each pixel. `"bilinear"` interpolates linearly between pixel centres and is constant
## outside the outermost ones (PyTorch's align_corners=False).
##
##     print(Upsample(2)([[[[1, 2]]]]))   # expect: [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]
##     print(Upsample((1, 2), mode: "bilinear")([[[[0, 4]]]]))   # expect: [[[[0, 1, 3, 4]]]]
model Upsample(by = 2, mode = "nearest") {
  let (down, right) = _window("Upsample", by)
  _mode("Upsample", mode, list("nearest", "bilinear"))
  fn forward(x: [N, C, H, W]) {
    let (n, c, h, w) = shape(x)
    if mode == "nearest" { reshape(expand(reshape(x, n, c, h, 1, w, 1), n, c, h, down, w, right), n, c, h * down, w * right) } else {
      resize(x, h * down, w * right)
    }
  }
}

## A skip connection around a layer: `x + part(x)` (He et al., "Deep Residual Learning", 2016). Where the part changes
## the shape, `project` is a layer that gives x that shape: `Residual(body, project: Conv2d(16, 32, 1, stride: 2))`.
## Different shapes are an error.
##
##     print(Residual(fn(x) = 2 * x)([1, 2]))   # expect: [3, 6]
model Residual(part, project = none) {
  fn forward(x) {
    let y = part(x)
    let kept = if project == none { x } else { project(x) }
    if shape(y) != shape(kept) {
      error("Residual: the part gives {list(shape(y)...)}, what it is added to is {list(shape(kept)...)}; `project:` is a part that makes x of the shape that the part gives")
    }
    kept + y
  }
}

# The mean and deviation of each column beside the first row, a piece of the rows after the other, so that a mapped file takes no memory
# (Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979).
fn _moments(x) {
  let (n, piece) = (shape(x)[0], 65536)
  let first = x[0:minimum(piece, n)] - x[:1]
  if n <= piece { return (mean(first, axis: 0), std(first, axis: 0)) }
  let (middle, squares) = (mean(first, axis: 0), var(first, axis: 0) * shape(first)[0])
  for done in piece..n - 1 by piece {
    let part = x[done:minimum(done + piece, n)] - x[:1]
    let (rows, away) = (shape(part)[0], mean(part, axis: 0) - middle)
    squares = squares + var(part, axis: 0) * rows + away^2 * (done * rows / (done + rows))
    middle = middle + away * (rows / (done + rows))
  }
  (middle, sqrt(squares / n))
}

## Subtracts the mean of each column and divides by its standard deviation; x [N, ..] keeps its shape. Both are computed
## from the data set d (or a tensor [N, ..]) and stored as buffers. As the first layer of a `chain` it lets the net take
## raw rows, and the scaling is saved with the net. A constant column becomes 0. The mean is kept in the dtype of d.
## Where f32 values are more than a million times as large as their deviation, use `standardize`, which keeps no mean, or values in f64.
##
##     let scaled = Standardize([[1, 5], [3, 5]])
##     print(scaled([[1, 5], [5, 5]]))   # expect: [[-1, 0], [3, 0]]
model Standardize(d) {
  let x = if type(d) == "dataset" { d.x } else { d }
  if rank(x) < 2 or shape(x)[0] == 0 { error("Standardize needs rows [N, ..] to take the mean of, these are {list(shape(x)...)}") }
  # Beside the first row, columns that are constant have no deviation at all, and means that are large keep their digits.
  let (middle, spread) = _moments(x)
  buffer mean_ = x[0] + middle
  buffer deviation_ = where(spread == 0, 1, spread)
  fn forward(x) = (x - mean_) / deviation_
}

## The inverse of Standardize for targets: `x * deviation + mean`, x keeps its shape. The mean and deviation of each
## column are those of the targets of the data set d (or of a tensor [N] or [N, ..]), stored as buffers. As the last
## layer of a `chain` it lets the net begin near the mean and answer in the targets' own unit, also from its file and in
## `gd predict`. The loss is then that of the targets as they are; for SGD, whose rate is not free of the unit,
## divide it by `var(d.y)`.
##
##     let priced = Unstandardize([100, 300])
##     print(priced([[-1], [0], [2]]))   # expect: [[100], [200], [400]]
model Unstandardize(d) {
  let y = if type(d) == "dataset" { d.y } else { tensor(d) }
  if rank(y) < 1 or shape(y)[0] == 0 { error("Unstandardize needs targets [N] or [N, ..] to take the mean of, these are {list(shape(y)...)}") }
  if dtype(y) == "i32" or dtype(y) == "bool" { error("Unstandardize is for targets that are numbers, these are classes ({dtype(y)}); whole numbers are converted by f32(y)") }
  let (middle, spread) = _moments(y)
  buffer mean_ = y[0] + middle
  buffer deviation_ = where(spread == 0, 1, spread)
  fn forward(x) = x * deviation_ + mean_
}

## LoRA: a frozen Dense layer plus a trained product of two thin matrices, `layer(x) + scale x @ A @ B`, with A
## [inputs, rank] and B [rank, outputs]; x [.., inputs] gives [.., outputs]. Creating it freezes the layer. B is
## initialized to zero, so at first the result is that of the layer. `merged()` returns the one matrix [inputs, outputs]
## that computes the same (Hu et al., "LoRA", 2022; their alpha is `scale * rank`). `rank` is at most the smaller of
## inputs and outputs.
##
##     let (layer, x) = (Dense(8, 8), randn(3, 8))
##     let thin = LowRank(layer, rank: 2)
##     print(all(thin(x) == layer(x)), count(thin))   # expect: true 104
model LowRank(layer, rank, scale = 1) {
  if len(filter(fn(p) = p[0] == "W" and len(shape(p[1])) == 2, parameters(layer))) == 0 { error("LowRank is for the matrix of a Dense layer, this layer has no `W` [inputs, outputs]") }
  let (inputs, outputs) = shape(layer.W)
  if not (rank >= 1 and rank <= inputs and rank <= outputs) { error("LowRank: `rank` is {rank}, of a matrix [{inputs}, {outputs}] it is from 1 to the smaller of the two") }
  freeze(layer)
  param A = normal(inputs, rank, std: 1 / sqrt(inputs))
  param B = zeros(rank, outputs)
  fn forward(x: [.., inputs]) -> [.., outputs] = layer(x) + scale * (x @ A @ B)
  fn merged() = layer.W + scale * A @ B
}

## Sets each element of x to zero with probability `rate` (from 0 to below 1) and divides the others by `1 - rate`, in
## training and outside it (the layer Dropout does so in training only). x keeps its shape.
##
##     print(dropout([1, 2], rate: 0))   # expect: [1, 2]
fn dropout(x, rate = 0.5) {
  _share("dropout", rate)
  if rate == 0 { x } else { x * bernoulli(1 - rate, shape(x)) / (1 - rate) }
}

## Applies its parts in order: `chain(f, g, h)(x)` is `h(g(f(x)))`. Parts are models or functions of one argument. The
## first part of `net` is `net.parts.0`.
##
##     print(count(chain(Dense(4, 8), relu, Dense(8, 1))))   # expect: 49
model chain(parts...) {
  fn forward(x) {
    for part in parts { x = part(x) }
    x
  }
}

# The axes of x whose sizes are `dim`: the last, or of a tuple so many.
fn _last_axes(name, x, dim) {
  if _is_one(dim) { return -1 }
  let sizes = shape(zeros(dim))
  let n = len(sizes)
  if n == 0 or rank(x) < n or shape(x)[-n:] != sizes { error("{name}: the last axes of x must have the sizes {sizes}, x is {shape(x)}") }
  arange(-n, 0)
}

# Sums of bf16 would be too rough: a bf16 is normalized in f32, and the result is bf16 where the parameter is too.
fn _wide(x) = if dtype(x) == "bf16" { f32(x) } else { x }
fn _narrow(y, x, gain) = if dtype(x) == "bf16" and dtype(gain) == "bf16" { bf16(y) } else { y }
fn _in_f32(x, gain, f) = _narrow(f(_wide(x)), x, gain)

# x, less its mean where `centred`, divided by sqrt(mean(x^2) + eps) along the axes, of rows of any size: the squares of long ones overflow, those
# of tiny ones vanish, and hypot has a kink where a row is constant, which the deviation has not.  The gradient is written out: the rules of the
# operations would go through the mean and the deviation one by one.
fn _unit(x, axis, eps, centred) {
  let away = fn(x) = if centred { x - mean(x, axis: axis, keep: true) } else { x }
  let deviation = custom_gradient(
    fn(x) {
      let length = norm(away(x), axis: axis, keep: true)
      hypot(length / sqrt(size(x) / size(length)), sqrt(eps))
    },
    fn(x, s, ds) = ds / (size(x) / size(s)) * (away(x) * (1 / s)))
  let unit = custom_gradient(
    fn(x) = away(x) * (1 / deviation(x)),
    fn(x, y, dy) = (away(dy) - y * mean(dy * y, axis: axis, keep: true)) * (1 / deviation(x)))
  unit(x)
}

# The settings that several layers have.
fn _share(name, rate) {
  if not (rate >= 0 and rate < 1) { error("{name}: the rate is {rate}, it must be from 0 to below 1") }
}

fn _not_below_zero(name, eps) {
  if not (eps >= 0) { error("{name}: `eps` must be at least 0, this is {eps}") }
}

fn _mode(name, mode, modes) {
  if not (mode in modes) { error("{name}: `mode` is {join(map(fn(m) = "\"{m}\"", modes), " or ")}, not {mode}") }
}

# One number or (height, width), as two.
fn _sides(size) {
  let pair = type(size) in list("tuple", "list") and len(size) == 2 or type(size) == "tensor" and shape(size) == (2,)
  if pair { (_plain(size[0]), _plain(size[1])) } else { (_plain(size), _plain(size)) }
}

# A tensor of rank 0 stands where a number may: `for k in [3, 4, 5]` gives such sizes.
fn _plain(value) = if _is_one(value) { number(value) } else { value }
fn _is_one(value) = type(value) == "number" or type(value) == "tensor" and rank(value) == 0

fn _window(name, size, what = "size") {
  let (height, width) = _sides(size)
  for side in (height, width) {
    if not _counts(side) { error("{name}: the {what} is a whole number of at least 1, or two of them (height, width), not {size}") }
  }
  (height, width)
}

fn _stretch(name, size, what = "size") {
  if not _counts(size) { error("{name}: the {what} is one whole number of at least 1, not {size}") }
}

fn _counts(n) = _is_one(n) and n >= 1 and n == floor(n)

fn _grouped(name, what, channels, groups) {
  if not _counts(groups) { error("{name}: `groups` is a whole number of at least 1, not {groups}") }
  if channels % groups != 0 { error("{name}: {what} cannot be cut into {groups} equal groups") }
}

fn _convolution(name, inputs, outputs, groups) {
  if not (_counts(inputs) and _counts(outputs)) { error("{name}: its inputs and outputs are whole numbers of at least 1, not {inputs} and {outputs}") }
  _grouped(name, "{inputs} inputs", inputs, groups)
  _grouped(name, "{outputs} outputs", outputs, groups)
}

# Taps along an axis that one place of a transposed convolution's result meets, on average.
fn _met(size, stride) = if stride < size { size / stride } else { 1 }

# The axis of the channels of rows [N, dim], sequences [N, T, dim] or images [N, dim, H, W].
fn _channels(name, x, dim) {
  if rank(x) < 2 or rank(x) > 4 { error("{name} takes rows [N, C], sequences [N, T, C] or images [N, C, H, W], x is {list(shape(x)...)}") }
  let axis = if rank(x) == 3 { 2 } else { 1 }
  if shape(x)[axis] != dim { error("{name}({dim}): x is {list(shape(x)...)}, its axis {axis} has {shape(x)[axis]} channels, not {dim}") }
  axis
}

# Each channel less a mean, by a variance, scaled and moved.
fn _by_moments(x, mean, variance, eps, gain, offset) {
  let along = if rank(x) == 4 { (1, len(gain), 1, 1) } else { (len(gain),) }   # the shape in which a value for each channel meets x
  (x - reshape(mean, along)) * reshape(gain * rsqrt(variance + eps), along) + reshape(offset, along)
}

# The same by the mean and variance of x itself, and these.  Sums over images go along places first: what is summed so need not be kept.  The
# gradient is written out: of all of x it needs two sums, in one pass.
fn _by_own_moments(x, eps, gain, offset) {
  let dim = len(gain)
  let rows = size(x) / dim
  let (form, along, total) = if rank(x) == 4 {
    ((shape(x)[0], dim, rows / shape(x)[0]), (dim, 1), fn(a) = sum(sum(a, axis: 2, keep: true), axis: 0))
  } else {
    ((rows, dim), (dim,), fn(a) = sum(a, axis: 0))
  }
  let away = fn(x) = x - total(x) / rows
  let variance = fn(x) = total(away(x)^2) / rows
  let normal = custom_gradient(
    fn(x, gain, offset) = away(x) * (gain * rsqrt(variance(x) + eps)) + offset,
    fn(x, gain, offset, y, dy) {
      let scale = rsqrt(variance(x) + eps)
      let (sums, products) = (total(dy), total(dy * away(x)) * scale)
      ((dy - sums / rows - away(x) * (products / rows * scale)) * (gain * scale), products, sums)
  })
  let flat = reshape(_wide(x), form)
  let y = normal(flat, reshape(gain, along), reshape(offset, along))
  (_narrow(reshape(y, shape(x)), x, gain), reshape(total(flat) / rows, dim), reshape(variance(flat), dim))
}

# Each of the groups of the channels of each row, sequence or image to mean 0 and variance 1, each channel scaled and moved.  The gradient is
# written out: of all of x it needs two sums, each by channel, where the rules of the operations take four.
fn _by_groups(x, groups, eps, gain, offset) {
  let (n, dim) = (shape(x)[0], len(gain))
  let (m, places) = (dim / groups, reduce(shape(x)[1:], fn(a, b) = a * b) / dim)
  # The channels are the last axis of sequences, and the second of images and rows.
  let (form, along, place, within) =
    if rank(x) == 3 { ((n, places, groups, m), (groups, m), 1, 3) } else { ((n, groups, m, places), (groups, m, 1), 3, 2) }
  let away = fn(x) = x - mean(x, axis: (place, within), keep: true)
  # The deviation, of groups of any size: squares of large numbers overflow, those of tiny ones vanish, and hypot has a kink where a group is
  # constant, which the deviation has not.
  let deviation = custom_gradient(
    fn(x) = hypot(norm(away(x), axis: (place, within), keep: true) / sqrt(m * places), sqrt(eps)),
    fn(x, s, ds) = ds / (m * places) * (away(x) * (1 / s)))
  let normal = custom_gradient(
    fn(x, gain, offset) = away(x) * (1 / deviation(x)) * gain + offset,
    fn(x, gain, offset, y, dy) {
      let scale = 1 / deviation(x)
      let unit = away(x) * scale
      let (sums, products) = (sum(dy, axis: place, keep: true), sum(dy * unit, axis: place, keep: true))
      let part = fn(a) = sum(a * gain, axis: within, keep: true) / (m * places)
      let dx = (dy * gain - part(sums) - unit * part(products)) * scale
      (dx, reshape(sum(products, axis: 0), along), reshape(sum(sums, axis: 0), along))
  })
  reshape(normal(reshape(x, form), reshape(gain, along), reshape(offset, along)), shape(x))
}

# Where window i of m over n places begins, and one past its end.
fn _first(i, n, m) = floor(i * n / m)
fn _past(i, n, m) = ceil((i + 1) * n / m)

# [m, n] in f64: window i's share of each of n places; one over its length.
fn _shares_of(n, m) {
  let (i, j) = (f64(arange(m))[:, none], f64(arange(n))[none, :])
  let (first, past) = (floor(i * n / m), ceil((i + 1) * n / m))
  where(j >= first and j < past, 1 / (past - first), 0)
}
