# Losses: functions that return one number to minimize.
#
# The mean is over rows, for regression losses over all elements. The prediction and the target must have the same
# shape, or the target is one number. Broadcasting a prediction [N, 1] against a target [N] would give [N, N], the most
# common silent mistake in a loss, so it is an error here. No loss branches on data, so each is traced once.
#
# An invalid target (a class that does not exist, a label 0 where -1 or 1 is needed) is an error that says how to
# convert it. `require` checks the targets while the step runs, which costs a few passes over them. Predictions are not
# checked: if they contain a NaN, the training reports it with the operation that produced it. A logit of -inf means an
# impossible class; `portion` makes its term 0 where the target gives that class no weight.
#
# Each loss computes one value per row or per element, and `_reduced` combines them. `weights:` gives a weighted mean,
# `sum(w v) / sum(w)`, with one weight per row or per value; `reduce: "sum"` or `"none"` replaces the mean. Without
# these the graph contains only the plain mean.

# Both shapes named when they differ; a plain number may stand for a target.
fn _agree(name, a, b, signs = false) {
  if rank(b) > 0 and shape(a) != shape(b) {
    let mend = if signs and size(a) != size(b) { ": each score has a label, -1 or 1" }
      else if rank(a) == 2 and rank(b) == 1 and shape(a)[0] == size(b) and shape(a)[1] > 1 { ": if the target are classes, cross_entropy takes them, and one_hot(y, {shape(a)[1]}) makes rows of them" }
      else if size(a) != size(b) { "" }
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

## Mean squared error: `mean((prediction - target)^2)`, of tensors of the same shape.
##
##     print(mse([1, 2], [1, 4]))   # expect: 2
loss mse(prediction, target, weights = none, reduce = "mean") {
  _agree("mse", prediction, target)
  _reduced("mse", (prediction - target)^2, weights, reduce)
}

## Mean absolute error: `mean(abs(prediction - target))`, of tensors of the same shape.
##
##     print(mae([1, 2], [1, 4]))   # expect: 1
loss mae(prediction, target, weights = none, reduce = "mean") {
  _agree("mae", prediction, target)
  _reduced("mae", abs(prediction - target), weights, reduce)
}

## Huber loss of the difference d: `d^2 / 2` where |d| is at most `delta`, `delta (|d| - delta / 2)` elsewhere; the mean
## over elements (Huber, "Robust Estimation of a Location Parameter", 1964).
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

## The mean of `log(cosh(d))`, d being the difference: about `d^2 / 2` for small d and `|d| - log 2` for large, and
## smooth everywhere.
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

## Poisson negative log likelihood of counts y, where the net predicts z, the logarithm of their mean: the mean of
## `exp(z) - y z`. The term `log(y!)` is left out, since it does not depend on the net. Negative counts are an error.
##
##     print(poisson([0, 0], [1, 3]))   # expect: 1
loss poisson(logs, counts, weights = none, reduce = "mean") {
  _agree("poisson", logs, counts)
  let seen = require(counts, counts >= 0 and counts < inf, "poisson: counts are 0 or more")
  _reduced("poisson", exp(logs) - portion(seen, logs), weights, reduce)
}

## Quantile (pinball) loss, whose minimum is the quantile q of the target. With d the target minus the prediction, it is
## the mean of `q d` where d is positive and of `(q - 1) d` elsewhere (Koenker and Bassett, "Regression Quantiles",
## 1978). q is between 0 and 1; a vector gives one for each column: `q: [0.1, 0.5, 0.9]` for a prediction [N, 3].
##
##     print(quantile_loss([0, 0], [1, -1], q: 0.75))   # expect: 0.5
loss quantile_loss(prediction, target, q = 0.5, weights = none, reduce = "mean") {
  _agree("quantile_loss", prediction, target)
  let part = require(q, q > 0 and q < 1, "quantile_loss: `q` is between 0 and 1")
  let apart = target - prediction
  _reduced("quantile_loss", maximum(part * apart, (part - 1) * apart), weights, reduce)
}

## Softmax cross entropy: the mean over rows of `-log softmax(logits)[label]`. logits are [.., K]. labels are classes
## [..], whole numbers from 0 to K - 1, or distributions [.., K], such as one-hot rows. A logit of -inf is an impossible
## class; it adds nothing unless it is the label. `smoothing: s` spreads the part s of each label evenly over all
## possible classes (Szegedy et al., "Rethinking the Inception Architecture", 2016). Rows with the label `ignore`, a
## padding mark such as -1, are left out. `weights: w[y]` weights the classes.
##
##     print("{cross_entropy([[0, 0], [0, 0]], [0, 1]):.4f}")   # expect: 0.6931
##     print("{cross_entropy([[0, 0]], [[0.5, 0.5]]):.4f}")     # expect: 0.6931
##     print("{cross_entropy([[1, 2, -inf]], [0]):.4f}")        # expect: 1.3133
##     print("{cross_entropy([[2, 0], [0, 3]], [0, -1], smoothing: 0.1, ignore: -1):.4f}")   # expect: 0.2269
loss cross_entropy(logits, labels, smoothing = 0, ignore = none, weights = none, reduce = "mean") {
  if is_probability(logits) { _twice("cross_entropy takes logits and applies softmax itself; here it gets probabilities: leave the softmax out, or use nll(log(p), y)") }
  let (counted, classes) = _counted("cross_entropy", logits, labels, ignore)
  let target = _smoothed("cross_entropy", logits, _distribution("cross_entropy", logits, classes), smoothing)
  _reduced("cross_entropy", sum(portion(target, -log_softmax(logits)), axis: -1), weights, reduce, counted)
}

# A sigmoid or softmax before a loss that applies one itself: it trains, but slowly and not to 0.
fn _twice(text) = warn_unless(false, text)

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
  let one = ones_like(scores)   # in the scores' dtype
  let can_be = where(scores > -inf, one, 0)
  (1 - part) * (one * target) + part * can_be / sum(can_be, axis: -1, keep: true)
}

## Negative log likelihood: cross_entropy of log probabilities [.., K] instead of logits. The labels are as there.
##
##     print(nll([[-1, -2]], [1]))   # expect: 2
loss nll(log_probabilities, labels, ignore = none, weights = none, reduce = "mean") {
  let (counted, classes) = _counted("nll", log_probabilities, labels, ignore)
  let target = _distribution("nll", log_probabilities, classes)
  _reduced("nll", sum(portion(target, -log_probabilities), axis: -1), weights, reduce, counted)
}

# log(1 - p) of the classes with these logits.  Only the p of the greatest can be near 1: there it is the share of the
# others.  Derivatives of any order are finite, which those of a power of 1 - p at 0 are not.
fn _log_rest(logits) {
  let best = one_hot(argmax(logits, axis: -1), shape(logits)[-1]) == 1
  let others = logsumexp(where(best, -inf, logits), axis: -1, keep: true) - logsumexp(logits, axis: -1, keep: true)
  where(best, others, log1p(-where(best, 0, softmax(logits))))
}

## Focal loss, a cross entropy that gives little weight to rows already classified well: the mean of
## `-(1 - p)^gamma log p`, p being the probability of the label; `gamma: 0` is cross_entropy. logits are [.., K], labels
## as there (Lin et al., "Focal Loss for Dense Object Detection", 2017; their alpha is `weights: alpha[y]`).
##
##     print("{focal([[0, 0]], [1]):.4f}")   # expect: 0.1733
loss focal(logits, labels, gamma = 2, ignore = none, weights = none, reduce = "mean") {
  _above("focal", "gamma", gamma, gamma >= 0)
  if is_probability(logits) { _twice("focal takes logits and applies softmax itself; here it gets probabilities: leave the softmax out") }
  let (counted, classes) = _counted("focal", logits, labels, ignore)
  let target = _distribution("focal", logits, classes)
  let rows = sum(portion(target, exp(portion(gamma, _log_rest(logits))) * -log_softmax(logits)), axis: -1)
  _reduced("focal", rows, weights, reduce, counted)
}

## Cross entropy of `sigmoid(logits)` against targets from 0 to 1 of the same shape: the mean of
## `-t log s(z) - (1 - t) log s(-z)`, s being the sigmoid. It is computed by softplus, which neither overflows nor loses
## digits. An infinite logit means certainty: it costs 0 where the target agrees.
##
##     print("{binary_cross_entropy([0, 0], [0, 1]):.4f}")   # expect: 0.6931
##     print(binary_cross_entropy([1000, -1000], [1, 0]))     # expect: 0
loss binary_cross_entropy(logits, targets, weights = none, reduce = "mean") {
  if is_probability(logits) { _twice("binary_cross_entropy takes logits and applies sigmoid itself; here it gets probabilities: leave the sigmoid out") }
  if is_probability(logits, log: true) { _twice("binary_cross_entropy takes logits and applies sigmoid itself; here it gets logarithms of probabilities: leave the log_sigmoid out") }
  _agree("binary_cross_entropy", logits, targets)
  let yes = _shares(targets, "binary_cross_entropy: targets are from 0 to 1; (y + 1) / 2 makes them of -1 and 1, y / 255 of bytes, and classes beyond 1 are for cross_entropy")
  _reduced("binary_cross_entropy", portion(yes, softplus(-logits)) + portion(1 - yes, softplus(logits)), weights, reduce)
}

## Hinge loss: the mean of `max(0, 1 - y s)`, s being the scores and y the labels, -1 or 1, of the same shape (Cortes
## and Vapnik, "Support-Vector Networks", 1995).
##
##     print(hinge([2, 0.5], [1, -1]))   # expect: 0.75
loss hinge(scores, labels, weights = none, reduce = "mean") {
  _agree("hinge", scores, labels, signs: true)
  _reduced("hinge", relu(1 - _signs("hinge", labels) * scores), weights, reduce)
}

## Squared hinge loss: the mean of `max(0, 1 - y s)^2`, with scores and labels as in hinge.
##
##     print(squared_hinge([2, 0], [1, -1]))   # expect: 0.5
loss squared_hinge(scores, labels, weights = none, reduce = "mean") {
  _agree("squared_hinge", scores, labels, signs: true)
  _reduced("squared_hinge", relu(1 - _signs("squared_hinge", labels) * scores)^2, weights, reduce)
}

## Kullback-Leibler divergence of q from p, distributions [.., K] over the last axis: the mean over rows of
## `sum(p (log p - log q))`. Terms where p is 0 are 0 (Kullback and Leibler, "On Information and Sufficiency", 1951).
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

## Cosine distance between the rows of a and b [.., D]: one minus the cosine of their angle, from 0 to 2; the mean over
## rows. A row of zeros has no angle and counts as 1.
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

## Contrastive loss of pairs of rows a, b [N, D]: pulls them together where `same` [N] is 1, and apart to a distance of
## at least `margin` where it is 0. It is the mean of `same d^2 / 2 + (1 - same) max(0, margin - d)^2 / 2`, d being the
## distance (Hadsell, Chopra and LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", 2006).
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

## Triplet loss of rows [N, D]: the positive must be nearer to the anchor than the negative by `margin`. It is the mean
## of `max(0, |anchor - positive| - |anchor - negative| + margin)` (Schroff et al., "FaceNet", 2015, who square the
## distances; unsquared here, as in PyTorch).
##
##     print(triplet([[0, 0]], [[0, 1]], [[3, 4]], margin: 5))   # expect: 1
loss triplet(anchor, positive, negative, margin = 1, weights = none, reduce = "mean") {
  _agree("triplet", anchor, positive)
  _agree("triplet", anchor, negative)
  _above("triplet", "margin", margin, margin >= 0)
  _reduced("triplet", relu(norm(anchor - positive, axis: -1) - norm(anchor - negative, axis: -1) + margin), weights, reduce)
}

## InfoNCE: the cross entropy of picking row i of b, its positive, for row i of a; the other rows of b are the
## negatives. The logits are the cosines of all pairs over `temperature` (van den Oord, Li and Vinyals, "Contrastive
## Predictive Coding", 2018; cosines as in SimCLR). a, b are [N, D]. For the symmetric form take the mean of
## `info_nce(a, b)` and `info_nce(b, a)`.
##
##     print("{info_nce([[1, 0], [0, 2]], [[3, 0], [0, 1]], temperature: 1):.4f}")   # expect: 0.3133
loss info_nce(a, b, temperature = 0.1, reduce = "mean") {
  _agree("info_nce", a, b)
  if rank(a) != 2 { error("info_nce: rows [N, D] are compared with each other, these are {list(shape(a)...)}") }
  if shape(a)[0] == 0 { error("info_nce: there are no rows to tell apart") }
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

## Connectionist temporal classification: for label sequences whose alignment to the steps is unknown. It is
## `-log p(labels)`, where p sums over all alignments: `blank` is the class of steps without a label, and a class
## repeated in successive steps is one label (Graves et al., "Connectionist Temporal Classification", 2006; the forward
## recursion in logarithms). logits are [N, T, K]. labels are [N, S], classes other than `blank`, padded at the end with
## `blank`. `lengths` [N] is the number of steps of each row, T by default; too few for the labels is an error, and a
## row without steps and labels has the loss 0. The mean is over rows (PyTorch first divides each row by its number of
## labels).
##
##     print("{ctc(zeros(1, 2, 2), [[1]]):.4f}")   # expect: 0.2877
loss ctc(logits, labels, lengths = none, blank = 0, weights = none, reduce = "mean") {
  if rank(logits) != 3 or rank(labels) != 2 or shape(labels)[0] != shape(logits)[0] {
    error("ctc: logits are [N, T, K] and labels [N, S], these are {list(shape(logits)...)} and {list(shape(labels)...)}")
  }
  let (n, steps, k) = shape(logits)
  if not _is_one(blank) or blank != floor(blank) or blank < 0 or blank >= k { error("ctc: `blank` is a class, a whole number from 0 to {k - 1}, this is {blank}") }
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
  let upto = require(ends, ends <= steps and ends >= count + doubled, "ctc: `lengths` are at most {steps}, and at least the number of the row's labels with one more between equal neighbours")

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
  let rows = where(upto == 0, 0, -logsumexp(where(place == last or place == last - 1, way, -inf), axis: 1))
  _reduced("ctc", rows, weights, reduce)
}

## The sum of the absolute values of all parameters of a model, or of the elements of a tensor. Add it to a loss with a small factor.
##
##     let net = Dense(2, 1)
##     print(l1(net) == sum(abs(net.W)))   # expect: true
loss l1(net) {
  if type(net) == "tensor" { return sum(abs(net)) }
  let total = 0
  for (_, value) in parameters(net) { total = total + sum(abs(value)) }
  total
}

## The sum of the squares of all parameters of a model, or of the elements of a tensor (not halved). Add it to a loss with a small factor.
##
##     let net = Dense(2, 1)
##     print(l2(net) == sum(net.W^2))   # expect: true
loss l2(net) {
  if type(net) == "tensor" { return sum(net^2) }
  let total = 0
  for (_, value) in parameters(net) { total = total + sum(value^2) }
  total
}
