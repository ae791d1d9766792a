# Losses: functions that give one number, to be made small.
#
# Means are over all rows (and, for the regressions, over all elements).  Predictions and targets must have one and the same shape, or
# the target be one number: a prediction [N, 1] against a target [N] would broadcast to [N, N] elsewhere, and is
# the commonest silent mistake in a loss.  None of them takes a decision from data, so each can be traced once.
#
# Targets that a loss has no meaning for (a class beyond the last, 0 for a label that is -1 or 1) are an error that says how to map them:
# `require` looks at them while the step runs, which costs a few loops over the targets.  Predictions are not looked at: what is
# NaN there is found by the training itself, with the operation that made it.  A logit of -inf is an impossible class, and `portion` counts
# nothing of it where the target gives it nothing.

# Both shapes named when they differ; a plain number may stand for a target.
fn _agree(name, a, b) {
  if rank(b) > 0 and shape(a) != shape(b) {
    error("{name}: the prediction is {list(shape(a)...)}, the target {list(shape(b)...)}; they must have one shape")
  }
}

# A setting that is a number in its range; one that is learned is not asked.
fn _above(name, setting, value, fits) {
  if type(value) == "number" and not fits { error("{name}: `{setting}` is {value}, which is too low") }
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
loss mse(prediction, target) {
  _agree("mse", prediction, target)
  mean((prediction - target)^2)
}

## The mean of the absolute differences.
##
##     print(mae([1, 2], [1, 4]))   # expect: 1
loss mae(prediction, target) {
  _agree("mae", prediction, target)
  mean(abs(prediction - target))
}

## Quadratic where the difference d is at most `delta`, straight beyond: `d^2 / 2`, or `delta (|d| - delta / 2)`
## (Huber, "Robust Estimation of a Location Parameter", 1964).
##
##     print(huber([0, 0], [1, 3]))   # expect: 1.5
loss huber(prediction, target, delta = 1) {
  _agree("huber", prediction, target)
  _above("huber", "delta", delta, delta > 0)
  # Both pieces in one, without abs, whose kink at 0 the loss does not have.
  let apart = prediction - target
  let near = clamp(apart, -delta, delta)
  mean(near * (apart - 0.5 * near))
}

## Softmax cross entropy, the mean over rows of `-log softmax(logits)[label]`.  logits [.., K]; labels are
## classes [..], whole numbers from 0 to K - 1, or distributions [.., K] (one-hot rows among them).  A logit of -inf is a
## class that cannot be, and costs nothing where it is not the label.
##
##     print("{cross_entropy([[0, 0], [0, 0]], [0, 1]):.4f}")   # expect: 0.6931
##     print("{cross_entropy([[0, 0]], [[0.5, 0.5]]):.4f}")     # expect: 0.6931
##     print("{cross_entropy([[1, 2, -inf]], [0]):.4f}")        # expect: 1.3133
loss cross_entropy(logits, labels) = mean(sum(portion(_distribution("cross_entropy", logits, labels), -log_softmax(logits)), axis: -1))

## The negative log likelihood: as cross_entropy, but of log probabilities [.., K] instead of logits.
##
##     print(nll([[-1, -2]], [1]))   # expect: 2
loss nll(log_probabilities, labels) = mean(sum(portion(_distribution("nll", log_probabilities, labels), -log_probabilities), axis: -1))

## The cross entropy of `sigmoid(logits)` and targets from 0 to 1, one number each: the mean of `-t log s(z) - (1 - t) log s(-z)`,
## s being the sigmoid, by softplus, which neither overflows nor loses digits.  An infinite logit is certain: it costs 0 where the
## target agrees.
##
##     print("{binary_cross_entropy([0, 0], [0, 1]):.4f}")   # expect: 0.6931
##     print(binary_cross_entropy([1000, -1000], [1, 0]))     # expect: 0
loss binary_cross_entropy(logits, targets) {
  _agree("binary_cross_entropy", logits, targets)
  let yes = _shares(targets, "binary_cross_entropy: targets are from 0 to 1; (y + 1) / 2 makes them of -1 and 1, y / 255 of bytes, and classes beyond 1 are for cross_entropy")
  mean(portion(yes, softplus(-logits)) + portion(1 - yes, softplus(logits)))
}

## The mean of `max(0, 1 - y s)`: s the scores, y the labels, -1 or 1 (Cortes and Vapnik, "Support-Vector Networks", 1995).
##
##     print(hinge([2, 0.5], [1, -1]))   # expect: 0.75
loss hinge(scores, labels) {
  _agree("hinge", scores, labels)
  mean(relu(1 - _signs("hinge", labels) * scores))
}

## The mean of `max(0, 1 - y s)^2`, as hinge.
##
##     print(squared_hinge([2, 0], [1, -1]))   # expect: 0.5
loss squared_hinge(scores, labels) {
  _agree("squared_hinge", scores, labels)
  mean(relu(1 - _signs("squared_hinge", labels) * scores)^2)
}

## How far q is from p, distributions over the last axis: the mean over rows of `sum(p (log p - log q))`, 0 where p is
## (Kullback and Leibler, "On Information and Sufficiency", 1951).
##
##     print(kl_divergence([0.5, 0.5], [0.5, 0.5]))               # expect: 0
##     print("{kl_divergence([[1, 0]], [[0.5, 0.5]]):.4f}")       # expect: 0.6931
loss kl_divergence(p, q) {
  _agree("kl_divergence", p, q)
  # The logarithms are kept from zeros of p before the product, so that neither value nor gradient is 0 * inf there.
  let share = _shares(p, "kl_divergence: p are probabilities, from 0 to 1; softmax(p) makes them of logits, exp(p) of logarithms")
  let here = share > 0
  mean(sum(where(here, share * (log(where(here, share, 1)) - log(where(here, q, 1))), 0), axis: -1))
}

## One minus the cosine of the angle between the rows of a and b, the mean over rows; from 0 to 2.  A row of zeros has no angle: 1.
##
##     print(cosine_loss([[1, 0]], [[0, 2]]))           # expect: 1
##     print(cosine_loss([[1e-30, 0]], [[1e30, 0]]))   # expect: 0
loss cosine_loss(a, b) {
  _agree("cosine_loss", a, b)
  let (p, q) = (_of_size_one(a), _of_size_one(b))
  let lengths = sum(p^2, axis: -1) * sum(q^2, axis: -1)
  mean(1 - sum(p * q, axis: -1) * rsqrt(where(lengths == 0, 1, lengths)))
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
loss contrastive(a, b, same, margin = 1) {
  _agree("contrastive", a, b)
  _above("contrastive", "margin", margin, margin >= 0)
  let d = norm(a - b, axis: -1)
  _agree("contrastive", d, same)
  let same = _shares(same, "contrastive: `same` is 1 for a pair that belongs together, else 0; (y + 1) / 2 makes them of -1 and 1")
  mean(0.5 * same * d^2 + 0.5 * (1 - same) * relu(margin - d)^2)
}

## Rows that belong together drawn nearer than those that do not, by `margin`: the mean of
## `max(0, |anchor - positive| - |anchor - negative| + margin)` (Schroff et al., "FaceNet", 2015, who square the
## distances; plain distances as in PyTorch).
##
##     print(triplet([[0, 0]], [[0, 1]], [[3, 4]], margin: 5))   # expect: 1
loss triplet(anchor, positive, negative, margin = 1) {
  _agree("triplet", anchor, positive)
  _agree("triplet", anchor, negative)
  _above("triplet", "margin", margin, margin >= 0)
  mean(relu(norm(anchor - positive, axis: -1) - norm(anchor - negative, axis: -1) + margin))
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
