# Understanding a model: what its predictions depend on, and the shape of the loss around it.
#
# Use these after training. They evaluate the model as in use (`training` is false) and change nothing in it. They
# decide from values, so they cannot be part of a training step.

## Permutation importance: how much a metric falls when a column of the data is shuffled. For each column of d.x [N, D]
## it is the metric on all rows minus its mean over `repeats` shuffles, [D] in all (Breiman, "Random Forests", 2001). d
## is a data set with x and y. `metric(net(x), y)` returns one number, where higher is better; if lower is better, as
## for a loss, important columns have negative values.
##
##     let x = randn(200, 2)
##     let lost = importance(fn(x) = x[:, 0], dataset(x, 1 * (x[:, 0] > 0)), accuracy)
##     print(lost[0] > 0.3, lost[1])   # expect: true 0
fn importance(net, d, metric, repeats = 5) {
  if rank(d.x) < 2 { error("importance: the rows of x have columns [N, D], this x is {list(shape(d.x)...)}") }
  if not (repeats >= 1) { error("importance: `repeats` must be at least 1, this is {repeats}") }
  let whole = metric(net(d.x), d.y)
  let lost = []
  for j in 0..shape(d.x)[1] - 1 {
    let sum_of = 0
    for _ in 1..repeats {
      let x = d.x
      x[:, j] = d.x[permutation(len(d.x)), j]
      sum_of = sum_of + metric(net(x), d.y)
    }
    lost = push(lost, whole - sum_of / repeats)
  }
  tensor(lost)
}

## The gradient of an output with respect to the input, in the shape of x [N, ..] (Simonyan, Vedaldi and Zisserman,
## "Deep Inside Convolutional Networks", 2014, who show its absolute value). Of several outputs [N, K] it is that of the
## class `output` (a number, or one per row [N]); the default is the largest of each row.
##
##     let net = fn(x) = stack(2 * x[:, 0], x[:, 0] * x[:, 1], axis: 1)
##     print(saliency(net, [[1, 3]]), saliency(net, [[1, 3]], output: 0))   # expect: [[3, 1]] [[2, 0]]
fn saliency(net, x, output = none) {
  let class = _class("saliency", _by_rows("saliency", net(x), x), output)
  let slope = grad(fn(u) = sum(_of_class(net(u), class)))(x / 1)
  if all(slope == 0) and not attempt(fn() = net(x + 0.25)).ok { error("saliency: this net takes whole numbers, as an Embedding does, and has no gradient with respect to them: ask for that of what it makes of them") }
  slope
}

## The contribution of each input to an output, relative to the input `base`: `(x - base)` times the mean gradient along
## the straight line from base to x, in the shape of x [N, ..] and in f64. The contributions of a row add up to the
## change of its output, to a relative 1e-5: intervals of the line are halved until they do, as at the kinks of relu
## (Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", 2017). Where the output jumps, as floor does,
## no gradient sees it: a warning tells what is missing. `base` is a neutral input, 0 by default; `output` is as for
## saliency.
##
##     let parts = integrated_gradients(fn(x) = x[:, 0]^2 * x[:, 1], [[1, 3], [2, 1]])
##     print("{sum(parts, axis: 1):.4f} {parts[0]:.4f}")   # expect: [3.0000, 4.0000] [2.0000, 1.0000]
fn integrated_gradients(net, x, base = 0, output = none) {
  let class = _class("integrated_gradients", _by_rows("integrated_gradients", net(x), x), output)
  let (n, inner) = (shape(x)[0], shape(x)[1:])
  if n == 0 { return 0 * f64(x) }
  let start = flatten(f64(0 * x + base))
  let way = flatten(f64(x)) - start
  fn value(row, part) = _of_class(net(reshape(start[row] + part[:, none] * way[row], len(part), inner...)), if class == none { none } else { class[row] })

  # Pieces of ways, each of one row from `low` to `high`; the gradient's mean on one by three points of Gauss.
  let pieces = 8
  let row = reshape(expand(i32(arange(n))[:, none], n, pieces), -1)
  let low = reshape(expand(f64(arange(pieces))[none, :] / pieces, n, pieces), -1)
  let long = 0 * low + 1 / pieces
  let whole = i32(arange(n))
  let (last, first) = (value(whole, f64(ones(n))), value(whole, f64(zeros(n))))
  _finite_rows(last, whole, "the output")
  _finite_rows(first, whole, "at `base` the output")
  let change = last - first
  let scale = maximum(1, abs(change))
  let total = 0 * way
  for level in 1..40 {
    let slope = 0 * way[row]
    for (at, weight) in [(0.5 - sqrt(0.15), 5 / 18), (0.5, 4 / 9), (0.5 + sqrt(0.15), 5 / 18)] {
      slope = slope + weight * grad(fn(u) = sum(_of_class(net(reshape(u, len(u), inner...)), if class == none { none } else { class[row] })))(start[row] + (low + at * long)[:, none] * way[row])
    }
    let parts = long[:, none] * slope * way[row]
    let rise = value(row, low + long) - value(row, low)
    let miss = abs(sum(parts, axis: 1) - rise)
    _finite_rows(miss, row, "on the line from `base` the gradient")
    let done = miss <= 1e-7 * scale[row] or level == 40 or len(row) > _PIECES_MOST * n
    total = total + f64(one_hot(row, n))' @ where(done[:, none], parts, 0)
    if all(done) { break }
    let (left, size) = (low[not done], 0.5 * long[not done])
    row = concat(row[not done], row[not done])
    low = concat(left, left + size)
    long = concat(size, size)
  }
  let missing = abs(sum(total, axis: 1) - change) / scale
  if any(missing > 1e-5) {
    let worst = argmax(missing)
    warn_unless(false, "integrated_gradients: the contributions of row {worst} add up to {sum(total[worst])}, its output changes by {change[worst]}: no gradient sees where it jumps")
  }
  reshape(total, shape(x))
}

# So many pieces of the way of a row, on average, and no more: those of an output that is rounded never add up.
let _PIECES_MOST = 4096

fn _finite_rows(values, row, what) {
  let odd = not (abs(values) < inf)
  if any(odd) { error("integrated_gradients: {what} of row {row[argmax(1 * odd)]} is not finite") }
}

# Outputs of which each row of x gives one: of a row alone, as d.x[0], they are not.
fn _by_rows(name, outputs, x) {
  let rows = rank(x) > 0 and rank(outputs) > 0 and shape(outputs)[0] == shape(x)[0]
  if not rows { error("{name}: x is rows [N, ..], of which the net gives one output each; this x is {list(shape(x)...)}, and the net gives {list(shape(outputs)...)}. One row is x[:1]") }
  outputs
}

# The class of each row of outputs [N, K] that is asked for; none where there is one output.
fn _class(name, outputs, output) {
  if _one_output(outputs) { return none }
  if rank(outputs) != 2 { error("{name}: the net must give [N], [N, 1] or [N, K], this one gives {list(shape(outputs)...)}") }
  let (n, k) = shape(outputs)
  if output == none { return argmax(outputs, axis: 1) }
  let class = if rank(output) == 0 { full(n, value: output) } else { output }
  if shape(class) != (n,) { error("{name}: `output` is a class, or one a row [{n}], this is {list(shape(output)...)}") }
  i32(require(class, class == clamp(floor(class), 0, k - 1), "{name}: the outputs have the numbers from 0 to {k - 1}"))
}

fn _one_output(outputs) = rank(outputs) == 1 or rank(outputs) == 2 and shape(outputs)[1] == 1

fn _of_class(outputs, class) = if class == none { reshape(outputs, -1) } else { sum(portion(one_hot(class, shape(outputs)[1]), outputs), axis: 1) }

## The loss along a line through the parameters of a net: (t: [n], loss: [n]); `f(net)` returns the loss. With a second
## net `to` of the same structure, the line runs from net at t = 0 to `to` at t = 1 (Goodfellow, Vinyals and Saxe,
## "Qualitatively Characterizing Neural Network Optimization Problems", 2015), t from -0.5 to 1.5 by default. Without
## `to` its direction is random, scaled so that each unit's weights have the norm of the net's own, t from -1 to 1 (Li
## et al., "Visualizing the Loss Landscape of Neural Nets", 2018). `low` and `high` set the range of t.
##
##     let (net, to) = (Dense(1, 1), Dense(1, 1))
##     assign(net.W, [[0]])
##     assign(to.W, [[2]])
##     print(loss_line(fn(m) = sum(m.W^2), net, to: to, low: 0, high: 1, n: 3).loss)   # expect: [0, 1, 4]
fn loss_line(f, net, to = none, low = none, high = none, n = 25) {
  let (first, last) = if to == none { (-1, 1) } else { (-0.5, 1.5) }
  let t = linspace(if low == none { first } else { low }, if high == none { last } else { high }, n)
  let direction = if to == none { _random_direction(net) } else { _direction("loss_line", net, to) }
  let moved = copy(net)
  let values = []
  for at in t {
    _move(moved, net, at, direction, 0, direction)
    values = push(values, f(moved))
  }
  (t: t, loss: tensor(values))
}

## The loss on a plane through the parameters of a net: (t: [n], loss: [n, n]); `loss[i, j]` is `f` at
## `net + t[i] first + t[j] second`, t from -reach to reach. The two directions are random, scaled so that each unit's
## weights have the norm of the net's own (Li et al., 2018), or with `to:` they lead to two other nets of the same
## structure.
##
##     let plane = loss_plane(fn(m) = sum(m.W^2), Dense(2, 2), n: 3)
##     print(shape(plane.loss), plane.t)   # expect: (3, 3) [-1, 0, 1]
fn loss_plane(f, net, to = none, reach = 1, n = 21) {
  let t = linspace(-reach, reach, n)
  let first = if to == none { _random_direction(net) } else { _direction("loss_plane", net, to[0]) }
  let second = if to == none { _random_direction(net) } else { _direction("loss_plane", net, to[1]) }
  let moved = copy(net)
  let rows = []
  for a in t {
    let values = []
    for b in t {
      _move(moved, net, a, first, b, second)
      values = push(values, f(moved))
    }
    rows = push(rows, tensor(values))
  }
  (t: t, loss: tensor(rows))
}

# A tensor for each param: from one net to another of the same form.
fn _direction(name, net, to) {
  let (here, there) = (parameters(net), parameters(to))
  if len(here) != len(there) { error("{name}: the nets have {len(here)} and {len(there)} params, they must be of one form") }
  let found = []
  for ((path, p), other) in zip(here, there) {
    let q = other.1
    if shape(p) != shape(q) { error("{name}: {path} is {list(shape(p)...)} in one net, {list(shape(q)...)} in the other") }
    found = push(found, q - p)
  }
  list(found...)
}

# Random, each unit's weights as long as its own: columns of a matrix, the first axis of a kernel; vectors stay where they are.
fn _random_direction(net) {
  let found = []
  for (_, p) in parameters(net) {
    let d = randn(shape(p))
    let unit = if rank(p) < 2 { 0 * p } else if rank(p) == 2 { d * norm(p, axis: 0, keep: true) / norm(d, axis: 0, keep: true) }
      else { reshape(flatten(d) * norm(flatten(p), axis: 1, keep: true) / norm(flatten(d), axis: 1, keep: true), shape(p)) }
    found = push(found, unit)
  }
  list(found...)
}

fn _move(moved, net, a, first, b, second) {
  for ((_, into), here, d, e) in zip(parameters(moved), parameters(net), first, second) { assign(into, here.1 + a * d + b * e) }
}
