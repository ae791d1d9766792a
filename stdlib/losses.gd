# Losses: functions that give one number to minimise.
#
# Means are over all rows (and, for the regressions, over all elements).  Predictions and targets must have one and the same shape, or
# the target be one number: a prediction [N, 1] against a target [N] would broadcast to [N, N] elsewhere, and is
# the commonest silent mistake in a loss.  None of them branches on data, so each can be traced once.
#
# Targets that a loss has no meaning for (a class beyond the last, 0 for a label that is -1 or 1) are an error that says how to map them:
# `require` checks them while the step runs, which costs a few loops over the targets.  Predictions are not checked: a
# NaN there is reported by the training itself, with the operation that made it.  A logit of -inf is an impossible class, and `portion` counts
# nothing of it where the target gives it nothing.
#
# Each computes its values, one a row or one an element, and `_reduced` combines them: the mean, unless `weights:` or `reduce:`
# say otherwise.  The plain mean is a graph without anything of these.

# Both shapes named when they differ; a plain number may stand for a target.
fn _agree(name, a, b) {
  if rank(b) > 0 and shape(a) != shape(b) {
    let mend = if size(a) != size(b) { "" }
      else if rank(a) == rank(b) + 1 and shape(a)[-1] == 1 { ": take the prediction's column, `[:, 0]`, or make the target one, `y[:, none]`" }
      else if rank(b) == rank(a) + 1 and shape(b)[-1] == 1 { ": take the target's column, `y[:, 0]`" }
      else { "" }
    error("{name}: the prediction is {list(shape(a)...)}, the target {list(shape(b)...)}; they must have one shape{mend}")
  }
}

# A setting that is a number in its range; one that is learned is not asked.
fn _above(name, setting, value, fits) {
  if type(value) == "number" and not fits { error("{name}: `{setting}` is {value}, which is too low") }
}

# What is made of a loss's values, one a row or one an element [N, ..]: their mean; with `weights`, one for each or one a row [N] for all of the
# row, `sum(w v) / sum(w)`; or what `reduce` says.  Where `counted` is false a value counts in neither sum.
fn _reduced(name, values, weights, reduce, counted = none) {
  if reduce != "mean" and reduce != "sum" and reduce != "none" {
    error("{name}: `reduce` is \"mean\", \"sum\" or \"none\", this is {reduce}")
  }
  if weights == none and counted == none {
    if reduce == "mean" and size(values) == 0 { error("{name}: there is nothing to take the mean of, the values are {list(shape(values)...)}") }
    if reduce == "mean" { mean(values) } else if reduce == "sum" { sum(values) } else { values }
  } else {
    let w = _weights(name, values, weights, reduce)
    let share = if counted == none { w } else if w == none { counted } else { where(counted, w, 0) }
    let weighed = if w == none { values } else { portion(w, values) }
    let seen = if counted == none { weighed } else { where(counted, weighed, 0) }
    if reduce == "none" { seen } else if reduce == "sum" { sum(seen) } else {
      let total = sum(share)
      sum(seen) / require(total, total > 0, "{name}: there is nothing to take the mean of, every row {if counted == none { "has the weight 0" } else { "is ignored or has the weight 0" }}")
    }
  }
}

# The weights in the shape of the values [N, ..]; none where none are given.
fn _weights(name, values, weights, reduce) {
  if weights == none { return none }
  let one_a_row = rank(weights) == 1 and rank(values) > 1 and shape(weights)[0] == shape(values)[0]
  if not one_a_row and shape(weights) != shape(values) {
    let wanted = if rank(values) > 1 { "one a row [{shape(values)[0]}], or one a value {list(shape(values)...)}" } else { "one a row {list(shape(values)...)}" }
    let column = rank(weights) == 2 and shape(weights)[1] == 1
    error("{name}: the weights are {list(shape(weights)...)}, there must be {wanted}{if column { ": reshape(w, -1) makes a column a vector" } else { "" }}")
  }
  let each = weights
  if one_a_row {
    let count = 1   # of a row's values
    for length in shape(values)[1:] { count = count * length }
    each = reshape(expand(weights[:, none], shape(weights)[0], count), shape(values))
  }
  if reduce != "mean" { each } else { require(each, each >= 0, "{name}: the weights of a mean are 0 or more") }
}

# Targets that are probabilities: from 0 to 1, and a rounding more or less.
fn _shares(targets, text) = require(targets, abs(targets - 0.5) <= 0.501, text)

# Labels of one of two: -1 or 1.
fn _signs(name, labels) = require(labels, abs(labels) == 1, "{name}: labels are -1 and 1, and 2 * y - 1 makes them of 0 and 1")

# The target as a distribution over the last axis of `scores` [.., K]: labels [..] are classes, labels [.., K] are taken as they are.
fn _distribution(name, scores, labels) {
  let k = shape(scores)[-1]
  if rank(labels) == rank(scores) {
    if shape(labels) != shape(scores) {
      let column = shape(labels)[-1] == 1 and size(labels) * k == size(scores)
      error("{name}: the scores are {list(shape(scores)...)}, the labels {list(shape(labels)...)}; labels are classes, one a row, or have the shape of the scores{if column { ": reshape(y, -1) makes a column one of classes" } else { "" }}")
    }
    if k == 0 { error("{name}: the scores have no classes, the last axis of {list(shape(scores)...)} has size 0") }
    let shares = _shares(labels, "{name}: labels in the shape of the scores are probabilities, from 0 to 1; one_hot(y, {k}) makes them of classes")
    if rank(scores) > 1 { shares } else {
      require(shares, abs(sum(shares) - 1) < 1e-3, "{name}: scores [{k}] are one row of {k} classes, whose probabilities have the sum 1; of {k} rows the scores are [{k}, K], and a yes or no each is for binary_cross_entropy")
    }
  } else {
    if rank(labels) != rank(scores) - 1 or size(labels) * k != size(scores) {
      error("{name}: the scores are {list(shape(scores)...)}, the labels {list(shape(labels)...)}; there must be one label a row")
    }
    if k == 0 { error("{name}: the scores have no classes, the last axis of {list(shape(scores)...)} has size 0") }
    one_hot(labels, k)
  }
}

## The mean of the squared differences: `mean((prediction - target)^2)`.
##
##     print(mse([1, 2], [1, 4]))   # expect: 2
loss mse(prediction, target, weights = none, reduce = "mean") {
  _agree("mse", prediction, target)
  _reduced("mse", (prediction - target)^2, weights, reduce)
}

## The mean of the absolute differences.
##
##     print(mae([1, 2], [1, 4]))   # expect: 1
loss mae(prediction, target, weights = none, reduce = "mean") {
  _agree("mae", prediction, target)
  _reduced("mae", abs(prediction - target), weights, reduce)
}

## Quadratic where the difference d is at most `delta`, straight beyond: `d^2 / 2`, or `delta (|d| - delta / 2)`
## (Huber, "Robust Estimation of a Location Parameter", 1964).
##
##     print(huber([0, 0], [1, 3]))   # expect: 1.5
loss huber(prediction, target, delta = 1, weights = none, reduce = "mean") {
  _agree("huber", prediction, target)
  _above("huber", "delta", delta, delta > 0)
  # Both pieces in one, without abs, whose kink at 0 the loss does not have.
  let apart = prediction - target
  let near = clamp(apart, -delta, delta)
  _reduced("huber", near * (apart - 0.5 * near), weights, reduce)
}

## The logarithm of the hyperbolic cosine of the difference d: nearly `d^2 / 2` where it is small, `|d| - log 2` where it is large, and smooth.
##
##     print("{log_cosh([0, 0], [1, 3]):.4f}")   # expect: 1.3716
##     print("{log_cosh([1000], [0]):.2f}")      # expect: 999.31
loss log_cosh(prediction, target, weights = none, reduce = "mean") {
  _agree("log_cosh", prediction, target)
  # cosh(d) = 1 + 2 sinh(d / 2)^2 keeps the digits of a small d; from 20 on the rest is straight to the last digit of f64.
  let apart = prediction - target
  let near = clamp(apart, -20, 20)
  _reduced("log_cosh", log1p(2 * sinh(0.5 * near)^2) + relu(apart - 20) + relu(-apart - 20), weights, reduce)
}

## The loss of counts y, of which the net gives the logarithm z of the mean: the mean of `exp(z) - y z`, the negative log likelihood of a Poisson
## distribution without `log(y!)`, which no net changes.
##
##     print(poisson([0, 0], [1, 3]))   # expect: 1
loss poisson(logs, counts, weights = none, reduce = "mean") {
  _agree("poisson", logs, counts)
  let seen = require(counts, counts >= 0 and counts < inf, "poisson: counts are 0 or more")
  _reduced("poisson", exp(logs) - portion(seen, logs), weights, reduce)
}

## The loss whose minimum is the quantile q: the mean of `q d` where d, the target less the prediction, is above 0, and of `(q - 1) d` where it is below
## (Koenker and Bassett, "Regression Quantiles", 1978).  A q for each column is a vector: of a prediction [N, 3] say `q: [0.1, 0.5, 0.9]`.
##
##     print(quantile_loss([0, 0], [1, -1], q: 0.75))   # expect: 0.5
loss quantile_loss(prediction, target, q = 0.5, weights = none, reduce = "mean") {
  _agree("quantile_loss", prediction, target)
  let part = require(q, q > 0 and q < 1, "quantile_loss: `q` is between 0 and 1")
  let apart = target - prediction
  _reduced("quantile_loss", maximum(part * apart, (part - 1) * apart), weights, reduce)
}

## Softmax cross entropy, the mean over rows of `-log softmax(logits)[label]`.  logits [.., K]; labels are
## classes [..], whole numbers from 0 to K - 1, or distributions [.., K] (one-hot rows among them).  A logit of -inf is a
## class that cannot be, and costs nothing where it is not the label.  `smoothing` s gives that part of each label to all classes that
## can be, in equal parts (Szegedy et al., "Rethinking the Inception Architecture", 2016); rows whose label is `ignore`, a padding mark such as -1,
## count nothing.  A weight for each class is `weights: w[y]`.
##
##     print("{cross_entropy([[0, 0], [0, 0]], [0, 1]):.4f}")   # expect: 0.6931
##     print("{cross_entropy([[0, 0]], [[0.5, 0.5]]):.4f}")     # expect: 0.6931
##     print("{cross_entropy([[1, 2, -inf]], [0]):.4f}")        # expect: 1.3133
##     print("{cross_entropy([[2, 0], [0, 3]], [0, -1], smoothing: 0.1, ignore: -1):.4f}")   # expect: 0.2269
loss cross_entropy(logits, labels, smoothing = 0, ignore = none, weights = none, reduce = "mean") {
  let (counted, classes) = _counted("cross_entropy", logits, labels, ignore)
  let target = _smoothed("cross_entropy", logits, _distribution("cross_entropy", logits, classes), smoothing)
  _reduced("cross_entropy", sum(portion(target, -log_softmax(logits)), axis: -1), weights, reduce, counted)
}

# Which labels count, and the labels with a class in the place of those that do not.
fn _counted(name, scores, labels, ignore) {
  if ignore == none { return (none, labels) }
  if rank(labels) == rank(scores) { error("{name}: `ignore` is a class, but the labels {list(shape(labels)...)} are distributions; weights of 0 pass over rows") }
  let counted = labels != ignore
  (counted, where(counted, labels, 0))
}

# The part `smoothing` of a distribution given in equal parts to the classes that can be.
fn _smoothed(name, scores, target, smoothing) {
  if type(smoothing) == "number" and smoothing == 0 { return target }
  if rank(smoothing) > 0 { error("{name}: `smoothing` is one number, this is {list(shape(smoothing)...)}; `weights:` takes one a row") }
  let part = require(smoothing, smoothing >= 0 and smoothing < 1, "{name}: `smoothing` is from 0 to below 1")
  let can_be = scores > -inf
  (1 - part) * target + where(can_be, part / sum(can_be, axis: -1, keep: true), 0)
}

## The negative log likelihood: as cross_entropy, but of log probabilities [.., K] instead of logits.
##
##     print(nll([[-1, -2]], [1]))   # expect: 2
loss nll(log_probabilities, labels, ignore = none, weights = none, reduce = "mean") {
  let (counted, classes) = _counted("nll", log_probabilities, labels, ignore)
  let target = _distribution("nll", log_probabilities, classes)
  _reduced("nll", sum(portion(target, -log_probabilities), axis: -1), weights, reduce, counted)
}

## Cross entropy that gives little weight to rows that are already right: the mean of `-(1 - p)^gamma log p`, p the probability of the label; with
## gamma 0 it is cross_entropy (Lin et al., "Focal Loss for Dense Object Detection", 2017; its alpha is `weights: alpha[y]`).
##
##     print("{focal([[0, 0]], [1]):.4f}")   # expect: 0.1733
loss focal(logits, labels, gamma = 2, ignore = none, weights = none, reduce = "mean") {
  _above("focal", "gamma", gamma, gamma >= 0)
  let (counted, classes) = _counted("focal", logits, labels, ignore)
  let target = _distribution("focal", logits, classes)
  let logs = log_softmax(logits)
  let rows = sum(portion(target * (-expm1(logs))^gamma, -logs), axis: -1)
  _reduced("focal", rows, weights, reduce, counted)
}

## The cross entropy of `sigmoid(logits)` and targets from 0 to 1, one number each: the mean of `-t log s(z) - (1 - t) log s(-z)`,
## s being the sigmoid, by softplus, which neither overflows nor loses digits.  An infinite logit is certain: it costs 0 where the
## target agrees.
##
##     print("{binary_cross_entropy([0, 0], [0, 1]):.4f}")   # expect: 0.6931
##     print(binary_cross_entropy([1000, -1000], [1, 0]))     # expect: 0
loss binary_cross_entropy(logits, targets, weights = none, reduce = "mean") {
  _agree("binary_cross_entropy", logits, targets)
  let yes = _shares(targets, "binary_cross_entropy: targets are from 0 to 1; (y + 1) / 2 makes them of -1 and 1, y / 255 of bytes, and classes beyond 1 are for cross_entropy")
  _reduced("binary_cross_entropy", portion(yes, softplus(-logits)) + portion(1 - yes, softplus(logits)), weights, reduce)
}

## The mean of `max(0, 1 - y s)`: s the scores, y the labels, -1 or 1 (Cortes and Vapnik, "Support-Vector Networks", 1995).
##
##     print(hinge([2, 0.5], [1, -1]))   # expect: 0.75
loss hinge(scores, labels, weights = none, reduce = "mean") {
  _agree("hinge", scores, labels)
  _reduced("hinge", relu(1 - _signs("hinge", labels) * scores), weights, reduce)
}

## The mean of `max(0, 1 - y s)^2`, as hinge.
##
##     print(squared_hinge([2, 0], [1, -1]))   # expect: 0.5
loss squared_hinge(scores, labels, weights = none, reduce = "mean") {
  _agree("squared_hinge", scores, labels)
  _reduced("squared_hinge", relu(1 - _signs("squared_hinge", labels) * scores)^2, weights, reduce)
}

## How far q is from p, distributions over the last axis: the mean over rows of `sum(p (log p - log q))`, 0 where p is
## (Kullback and Leibler, "On Information and Sufficiency", 1951).
##
##     print(kl_divergence([0.5, 0.5], [0.5, 0.5]))               # expect: 0
##     print("{kl_divergence([[1, 0]], [[0.5, 0.5]]):.4f}")       # expect: 0.6931
loss kl_divergence(p, q, weights = none, reduce = "mean") {
  _agree("kl_divergence", p, q)
  # The logarithms are kept from zeros of p before the product, so that neither value nor gradient is 0 * inf there.
  let share = _shares(p, "kl_divergence: p are probabilities, from 0 to 1; softmax(p) makes them of logits, exp(p) of logarithms")
  let here = share > 0
  _reduced("kl_divergence", sum(where(here, share * (log(where(here, share, 1)) - log(where(here, q, 1))), 0), axis: -1), weights, reduce)
}

## One minus the cosine of the angle between the rows of a and b, the mean over rows; from 0 to 2.  A row of zeros has no angle: 1.
##
##     print(cosine_loss([[1, 0]], [[0, 2]]))           # expect: 1
##     print(cosine_loss([[1e-30, 0]], [[1e30, 0]]))   # expect: 0
loss cosine_loss(a, b, weights = none, reduce = "mean") {
  _agree("cosine_loss", a, b)
  let (p, q) = (_of_size_one(a), _of_size_one(b))
  let lengths = sum(p^2, axis: -1) * sum(q^2, axis: -1)
  _reduced("cosine_loss", 1 - sum(p * q, axis: -1) * rsqrt(where(lengths == 0, 1, lengths)), weights, reduce)
}

# Rows divided by their greatest element, so that squares neither overflow nor vanish.  For what does not depend on their length the
# divisor counts as constant, in its derivatives too.
fn _of_size_one(rows) {
  let size = stop_gradient(max(abs(rows), axis: -1, keep: true))
  rows / where(size == 0, 1, size)
}

## Pairs of rows a, b [N, D] drawn together where `same` [N] is 1, and apart to at least `margin` where it is 0:
## the mean of `same d^2 / 2 + (1 - same) max(0, margin - d)^2 / 2`, d the distance
## (Hadsell, Chopra and LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", 2006).
##
##     print(contrastive([[0, 0], [0, 0]], [[3, 4], [0.6, 0.8]], [1, 0], margin: 2))   # expect: 6.5
loss contrastive(a, b, same, margin = 1, weights = none, reduce = "mean") {
  _agree("contrastive", a, b)
  _above("contrastive", "margin", margin, margin >= 0)
  let d = norm(a - b, axis: -1)
  _agree("contrastive", d, same)
  let same = _shares(same, "contrastive: `same` is 1 for a pair that belongs together, else 0; (y + 1) / 2 makes them of -1 and 1")
  _reduced("contrastive", 0.5 * same * d^2 + 0.5 * (1 - same) * relu(margin - d)^2, weights, reduce)
}

## Rows that belong together drawn nearer than those that do not, by `margin`: the mean of
## `max(0, |anchor - positive| - |anchor - negative| + margin)` (Schroff et al., "FaceNet", 2015, who square the
## distances; plain distances as in PyTorch).
##
##     print(triplet([[0, 0]], [[0, 1]], [[3, 4]], margin: 5))   # expect: 1
loss triplet(anchor, positive, negative, margin = 1, weights = none, reduce = "mean") {
  _agree("triplet", anchor, positive)
  _agree("triplet", anchor, negative)
  _above("triplet", "margin", margin, margin >= 0)
  _reduced("triplet", relu(norm(anchor - positive, axis: -1) - norm(anchor - negative, axis: -1) + margin), weights, reduce)
}

## Contrasts each row of a with the rows of b: row i of b is its positive, the others are negatives: the cross entropy of the cosines of all pairs
## over `temperature` (van den Oord, Li and Vinyals, "Contrastive Predictive Coding", 2018; cosines as in SimCLR).  a, b [N, D]; both ways is
## the mean of `info_nce(a, b)` and `info_nce(b, a)`.
##
##     print("{info_nce([[1, 0], [0, 2]], [[3, 0], [0, 1]], temperature: 1):.4f}")   # expect: 0.3133
loss info_nce(a, b, temperature = 0.1, reduce = "mean") {
  _agree("info_nce", a, b)
  if rank(a) != 2 { error("info_nce: rows [N, D] are compared with each other, these are {list(shape(a)...)}") }
  _above("info_nce", "temperature", temperature, temperature > 0)
  let (p, q) = (_of_length_one(a), _of_length_one(b))
  cross_entropy(p @ q' / temperature, arange(shape(a)[0]), reduce: reduce)
}

# Rows of norm 1; a row of zeros stays.
fn _of_length_one(rows) {
  let near = _of_size_one(rows)
  let squares = sum(near^2, axis: -1, keep: true)
  near * rsqrt(where(squares == 0, 1, squares))
}

## Sequences of labels without their places in time: `-log p(labels)`, the sum over all ways to spell a row's labels in its steps, where the class `blank` is
## silence and a class repeated in successive steps is one label (Graves et al., "Connectionist Temporal Classification", 2006; the forward recursion in logarithms).
## logits [N, T, K]; labels [N, S], classes other than `blank`, padded at the end with `blank`; `lengths` [N]: of how many steps each row is, T unless given.
## The mean is over rows (PyTorch's divides each by the number of its labels first).
##
##     print("{ctc(zeros(1, 2, 2), [[1]]):.4f}")   # expect: 0.2877
loss ctc(logits, labels, lengths = none, blank = 0, weights = none, reduce = "mean") {
  if rank(logits) != 3 or rank(labels) != 2 or shape(labels)[0] != shape(logits)[0] {
    error("ctc: logits are [N, T, K] and labels [N, S], these are {list(shape(logits)...)} and {list(shape(labels)...)}")
  }
  let (n, steps, k) = shape(logits)
  if type(blank) != "number" or blank != floor(blank) or blank < 0 or blank >= k { error("ctc: `blank` is a class, a whole number from 0 to {k - 1}, this is {blank}") }
  let places = 2 * shape(labels)[1] + 1   # a blank before, between and behind the labels
  let known = i32(require(labels, labels == clamp(floor(labels), 0, k - 1), "ctc: labels are classes, whole numbers from 0 to {k - 1}"))
  let said = known != blank
  let gap = "ctc: a row's labels come first, {blank} (the blank) fills it up behind them"
  let used = if places > 3 { require(known, concat(said[:, :1] == said[:, :1], said[:, :-1] or not said[:, 1:], axis: 1), gap) } else { known }
  let mark = i32(full(n, shape(labels)[1], 1, value: blank))
  let spelled = concat(reshape(concat(mark, used[:, :, none], axis: 2), n, places - 1), i32(full(n, 1, value: blank)), axis: 1)   # [N, places]
  let before = concat(i32(full(n, 2, value: blank)), spelled, axis: 1)[:, :places]   # what stands two places before
  let may_jump = spelled != blank and spelled != before

  let count = sum(said, axis: 1)
  let doubled = if places > 3 { sum(said[:, 1:] and used[:, 1:] == used[:, :-1], axis: 1) } else { 0 * count }
  let ends = if lengths == none { i32(full(n, value: steps)) } else { lengths }
  if shape(ends) != (n,) { error("ctc: `lengths` is one a row [{n}], this is {list(shape(ends)...)}") }
  let upto = require(ends, ends <= steps and ends >= count + doubled and ends >= 1, "ctc: `lengths` are at most {steps}, and at least the number of the row's labels with one more between equal neighbours")

  # The logarithm of each place's class at each step, [N, T, places], looked up by number in all of them.
  let at = i32(arange(n))[:, none, none] * steps * k + i32(arange(steps))[none, :, none] * k + spelled[:, none, :]
  let logs = reshape(log_softmax(logits), -1)[at]
  let place = arange(places)[none, :]
  let way = where(place < 2, logs[:, 0], -inf)   # the logarithm of the sum over all ways to be at a place by now
  for t in 1..steps - 1 {
    let padded = concat(full(n, 2, value: -inf), way, axis: 1)
    let jump = where(may_jump, padded[:, :-2], -inf)
    let next = logsumexp(stack(way, padded[:, 1:-1], jump, axis: 0), axis: 0) + logs[:, t]
    way = if lengths == none { next } else { where((t < upto)[:, none], next, way) }
  }
  let last = 2 * count[:, none]
  let rows = -logsumexp(where(place == last or place == last - 1, way, -inf), axis: 1)
  _reduced("ctc", rows, weights, reduce)
}

## The sum of the absolute values of all parameters of a model, to be added to a loss with a small factor.
##
##     let net = Dense(2, 1)
##     print(l1(net) == sum(abs(net.W)))   # expect: true
loss l1(net) {
  let total = 0
  for (_, value) in parameters(net) { total = total + sum(abs(value)) }
  total
}

## The sum of the squares of all parameters of a model (no half), to be added to a loss with a small factor.
##
##     let net = Dense(2, 1)
##     print(l2(net) == sum(net.W^2))   # expect: true
loss l2(net) {
  let total = 0
  for (_, value) in parameters(net) { total = total + sum(value^2) }
  total
}
