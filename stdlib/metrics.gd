# Metrics: how good predictions are, as numbers or tables for people to read.
#
# Scores of classes are [N, K] with K > 1; the predicted class is the one with the largest score. Scores of a binary
# classifier are [N] or [N, 1]: logits, of which those above 0 predict the positive class, or what a sigmoid or softmax
# made of them (is_probability), where 0.5 is the threshold, or the logarithms of such, where it is log(0.5). Labels are classes [N], whole numbers from
# 0, or one-hot rows [N, K], or other rows of probabilities; binary labels are [N] or [N, 1], 1 for positive, 0 or -1
# for negative. A NaN among the scores, an invalid label or another number of rows is an error. The functions branch on
# shapes only, and on how many classes are predicted, so those that return a number can be used in the `metrics:` of a
# train.

# Scores without NaN, which has no place in any order.
fn _known(name, scores) {
  if size(scores) == 0 { warn_unless(false, "{name}: there are no rows") }
  require(scores, not isnan(scores), "{name}: a NaN is among the scores")
}

# Is it a yes or no?
fn _binary(scores) = rank(scores) <= 1 or shape(scores)[-1] == 1

# The class that scores choose: [.., K] to [..].
fn _chosen(name, scores) {
  let known = _known(name, scores)
  if not _binary(scores) { argmax(known, axis: -1) }
  else { i32(reshape(_decided(name, known), -1) > _threshold(name, scores)) }
}

# Of a yes or no, what a yes is above.
fn _threshold(name, scores) =
  if is_probability(scores, log: true) { log(0.5) }
  else if is_probability(scores, warn: name) { 0.5 }
  else { 0 }

# Are they predicted classes instead of scores?
fn _classes(scores) = _binary(scores) and dtype(scores) in list("i32", "u8")

# Scores of a yes or no; as predicted classes they are 0 or -1 against 1.
fn _decided(name, scores) =
  if _classes(scores) {
    require(scores, scores >= -1 and scores <= 1, "{name}: whole numbers are predicted classes, from 0; -1 is the no of a yes or no")
  } else { scores }

# One score for each label, that of class 1.
fn _one_each(name, scores, labels) {
  if size(scores) != size(labels) {
    let two = rank(scores) == 2 and shape(scores) == (size(labels), 2)
    error("{name}: the scores are {list(shape(scores)...)}, the labels {list(shape(labels)...)}; there must be one score for each label{if two { ": of the scores s of two classes, s[:, 1] - s[:, 0]" } else { "" }}")
  }
}

# One-hot rows, or other rows of probabilities.
fn _rows_of_shares(name, labels) =
  require(labels, labels > -0.01 and abs(sum(labels, axis: -1, keep: true) - 1) < 0.01, "{name}: labels in the shape of the scores are one-hot rows; the scores come first")

# The true class, in the shape of _chosen(scores).
fn _truth(name, scores, labels) {
  let one_hot_rows = not _binary(scores) and rank(labels) == rank(scores) and shape(labels) == shape(scores)
  let rows = if _binary(scores) { size(scores) } else { size(scores) / shape(scores)[-1] }
  if not one_hot_rows and size(labels) != rows {
    error("{name}: the scores are {list(shape(scores)...)}, the labels {list(shape(labels)...)}; there must be one label a row")
  }
  if one_hot_rows { argmax(_rows_of_shares(name, labels), axis: -1) }
  else if _binary(scores) { _yes(name, labels) }
  else {
    let classes = reshape(labels, shape(argmax(scores, axis: -1)))
    let k = shape(scores)[-1]
    i32(require(classes, classes == clamp(floor(classes), 0, k - 1), "{name}: labels are classes, whole numbers from 0 to {k - 1}"))
  }
}

# Labels of a yes or no as 0 and 1, [N].
fn _yes(name, labels) {
  let flat = reshape(labels, -1)
  i32(require(flat, abs(abs(flat) - 0.5) == 0.5, "{name}: labels of a yes or no are 0 or -1 against 1") > 0)
}

## The fraction of rows whose class is predicted correctly. Scores [N, K] or binary [N], labels [N]. Scores of a whole
## dtype, as `argmax` returns them, are predicted classes.
##
##     print(accuracy([[1, 0], [0, 1], [2, 3], [9, 1]], [0, 1, 1, 1]))   # expect: 0.75
##     print(accuracy([-1, 2], [0, 1]))                                  # expect: 1
##     print(accuracy(sigmoid([-1, 2]), [0, 1]))                         # expect: 1
##     print(accuracy(argmax([[1, 0], [0, 3]], axis: -1), [0, 1]))       # expect: 1
fn accuracy(scores, labels) =
  if _classes(scores) { _agreeing(reshape(scores, -1), reshape(labels, -1)) }
  else { mean(_chosen("accuracy", scores) == _truth("accuracy", scores, labels)) }

# The fraction of predicted classes that are right; -1 is the no of a yes or no.
fn _agreeing(classes, labels) {
  _one_a_row("accuracy", classes, labels)
  mean(maximum(classes, 0) == maximum(labels, 0))
}

fn _one_a_row(name, classes, labels) {
  if size(classes) != size(labels) {
    error("{name}: {size(classes)} predicted classes, {size(labels)} labels; there must be one label a row")
  }
}

## The fraction of rows whose class is among the k largest scores [N, K]. Ties count as correct.
##
##     print(top_k([[3, 2, 1], [3, 2, 1]], [1, 2], k: 2))   # expect: 0.5
fn top_k(scores, labels, k = 5) {
  if not (k >= 1 and k == floor(k)) { error("top_k: `k` is a whole number from 1, this is {k}") }
  if _binary(scores) { error("top_k: the scores are {list(shape(scores)...)}; there must be a row of scores for each label, [N, K]") }
  let known = _known("top_k", scores)
  let own = sum(portion(one_hot(_truth("top_k", scores, labels), shape(scores)[-1]), known), axis: -1, keep: true)
  mean(sum(known > own, axis: -1) < k)
}

## The confusion matrix [K, K], or binary [2, 2]: element [i, j] counts the rows of class i that were predicted as class
## j. Scores of a whole dtype, as `argmax` returns them, are predicted classes, of which there are as many as `names`, or
## the greatest of predictions and labels and one. With `names` (a list, or the data set) it is a table, as text.
## `show_table(confusion_matrix(scores, labels), names: names)` draws it.
##
##     print(confusion_matrix([[1, 0], [0, 1], [0, 1]], [0, 0, 1]))   # expect: [[1, 1], [0, 1]]
##     print(confusion_matrix(i32([0, 2, 1]), [0, 1, 1]))             # expect: [[1, 0, 0], [0, 1, 1], [0, 0, 0]]
##     print(confusion_matrix([-1, 1], [0, 1], names: ["no", "yes"]))
##     # expect:       no  yes
##     # expect:  no    1    0
##     # expect: yes    0    1
fn confusion_matrix(scores, labels, names = none) {
  let m = _confusion("confusion_matrix", scores, labels, names: names)
  if names == none { m } else {
    let all = _class_names("confusion_matrix", names, shape(m)[0])
    let width = maximum(reduce(map(all, len), maximum), len("{max(m):.0f}"))
    let rows = [[_right(all[i], width)] |> concat([_right("{n:.0f}", width) for n in m[i]]) for i in range_of(all)]
    let head = concat([_right("", width)], [_right(name, width) for name in all])
    join([join(row, "  ") for row in concat(list(head), rows)], "\n")
  }
}

# A text with blanks before it, so long at least.
fn _right(text, width) {
  let long = text
  while len(long) < width { long = " " + long }
  long
}

fn _given_names(names) = if type(names) == "dict" or type(names) == "dataset" { class_names(names) } else { names }

# The names of k classes: a list, or those of a data set's target, which are numbers if it has none.
fn _class_names(name, names, k) {
  let given = _given_names(names)
  let all = [str(n) for n in if given == none { 0..k - 1 } else { given }]
  if len(all) != k { error("{name}: {len(all)} names for {k} classes") }
  all
}

# Of scores, or of predicted classes, of which there are as many as names, or else the greatest of them and the labels
# and one.
fn _confusion(name, scores, labels, names = none) {
  let k = if _classes(scores) { _class_count(name, scores, labels, names) } else if _binary(scores) { 2 } else { shape(scores)[-1] }
  if _classes(scores) and k > 2 {
    return _whole(name, "labels", labels, k)' @ _whole(name, "predictions", scores, k)
  }
  let chosen = reshape(one_hot(_chosen(name, scores), k), -1, k)
  let truth = reshape(one_hot(_truth(name, scores, labels), k), -1, k)
  truth' @ chosen
}

fn _class_count(name, classes, labels, names) {
  _one_a_row(name, classes, labels)
  let given = _given_names(names)
  let named = if given == none { 2 } else { len(given) }
  if size(classes) == 0 { named } else { max([named, number(max(classes)) + 1, number(max(labels)) + 1]) }
}

# Predicted or true classes as rows [N, k].
fn _whole(name, what, classes, k) {
  let flat = reshape(classes, -1)
  one_hot(i32(require(flat, flat == clamp(floor(flat), 0, k - 1), "{name}: {what} are classes, whole numbers from 0")), k)
}

# Which classes occur, in truth or among the predictions; scikit-learn's means are over these.
fn _occur(m) = sum(m, axis: 0) + sum(m, axis: 1) > 0

fn _mean_of(values, m) = sum(values * _occur(m)) / sum(_occur(m))

# What is said of a class, from the values for each: that of yes, or the plain mean over the classes that occur.
fn _of_classes(values, m) = if size(values) == 2 { values[1] } else { _mean_of(values, m) }

fn _precisions(m) = diag(m) / maximum(sum(m, axis: 0), 1)

fn _recalls(m) = diag(m) / maximum(sum(m, axis: 1), 1)

fn _f1s(m) = 2 * diag(m) / maximum(sum(m, axis: 0) + sum(m, axis: 1), 1)

## Of the rows predicted as a class, the fraction that belong to it; 0 where none was predicted. For two classes it is
## that of class 1, otherwise the mean over the classes that occur among the predictions or labels. Scores of a whole
## dtype are predicted classes, here and in recall, f1 and classification_report.
##
##     print(precision([1, 1, -1, 1], [1, 0, 1, 1]) * 3)   # expect: 2
fn precision(scores, labels) {
  let m = _confusion("precision", scores, labels)
  _of_classes(_precisions(m), m)
}

## Of the rows of a class, the fraction predicted as it; 0 where there are none. For two classes it is that of class 1,
## otherwise the mean over the classes that occur among the predictions or labels.
##
##     print(recall([1, 1, -1, -1], [1, 0, 1, 1]) * 3)   # expect: 1
fn recall(scores, labels) {
  let m = _confusion("recall", scores, labels)
  _of_classes(_recalls(m), m)
}

## The harmonic mean of precision and recall (van Rijsbergen, "Information Retrieval", 1979), 0 where both are. For two
## classes it is that of class 1, otherwise the mean over the classes that occur among the predictions or labels.
##
##     print(f1([1, 1, -1, -1], [1, 0, 1, 0]))         # expect: 0.5
##     print(f1(one_hot([0, 1, 0], 3), [0, 1, 0]))     # expect: 1
fn f1(scores, labels) {
  let m = _confusion("f1", scores, labels)
  _of_classes(_f1s(m), m)
}

## The area under the ROC curve: the probability that a positive row scores higher than a negative one, ties counting
## half (Hanley and McNeil, 1982). scores and labels are [N] or [N, 1]. NaN if all labels are equal.
##
##     print(auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]))   # expect: 0.75
##     print(auc([1, 1], [0, 1]))                        # expect: 0.5
fn auc(scores, labels) {
  let s = reshape(_known("auc", scores), -1)
  let yes = f64(_yes("auc", labels))
  _one_each("auc", scores, labels)
  # Ranks from below with ties in order, and with ties in reverse: their mean is the mid-rank of each tie.
  let up = argsort(argsort(s))
  let down = flip(argsort(argsort(flip(s, axis: 0))), axis: 0)
  let ranks = (f64(up) + f64(down)) / 2
  let n = sum(yes)
  warn_unless(n > 0 and n < size(s), "auc is NaN: it compares the rows of class 1 with those of class 0, and here all are of one class")
  (sum(ranks * yes) - n * (n - 1) / 2) / (n * (size(s) - n))
}

## Average precision: the area under the precision-recall curve without interpolation, `sum((r_n - r_(n-1)) p_n)` over
## thresholds in descending order, r being recall and p precision. scores and labels are [N] or [N, 1]; rows with equal
## scores share a threshold. NaN if there is no positive row.
##
##     print("{average_precision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]):.4f}")   # expect: 0.8333
##     print(average_precision([1, 1, 1, 1], [0, 1, 0, 0]))                  # expect: 0.25
fn average_precision(scores, labels) {
  let s = reshape(_known("average_precision", scores), -1)
  let yes = f64(_yes("average_precision", labels))
  _one_each("average_precision", scores, labels)
  let n = size(s)
  if n == 0 { error("average_precision: there are no rows") }
  let order = argsort(s, descending: true)
  let (from_above, found) = (s[order], yes[order])
  # Where the rows of its score end, for each row: the ends in order, and how many ends come before it.
  let ends = concat(from_above[:-1] != from_above[1:], from_above[-1:] == from_above[-1:])
  let places = sort(where(ends, i32(arange(n)), n - 1))
  let upto = places[cumsum(i32(ends)) - i32(ends)]
  warn_unless(sum(found) > 0, "average_precision is NaN: no row is of class 1")
  sum(found * cumsum(found)[upto] / (upto + 1)) / sum(found)
}

## Expected calibration error: the mean over rows of `|mean probability - observed frequency|` of the row's bin, with
## `bins` equal bins from 0 to 1 (Naeini, Cooper and Hauskrecht, 2015; Guo et al., "On Calibration of Modern Neural
## Networks", 2017). Scores are logits, or what a sigmoid or softmax made of them, or its
## logarithm. The probability is that of the positive class for binary scores, and that of the predicted class for
## scores [N, K]. `table: true` returns the bins [bins, 3]: mean probability, observed frequency,
## number of rows; the first two are 0 in an empty bin.
##
##     print("{calibration(log([1, 1, 1, 1]), [1, 0, 0, 0]):.2f}")   # expect: 0.25
##     print(calibration([[9, 9]], [0], bins: 2, table: true))       # expect: [[0, 0, 0], [0.5, 1, 1]]
fn calibration(scores, labels, bins = 10, table = false) {
  if not (bins >= 1 and bins == floor(bins)) { error("calibration: `bins` is a whole number from 1, this is {bins}") }
  let known = _known("calibration", scores)
  let truth = _truth("calibration", scores, labels)
  let shares = _probabilities("calibration", scores, known)
  let p = f64(reshape(if _binary(scores) { shares } else { max(shares, axis: -1) }, -1))
  let came_true = f64(if _binary(scores) { truth } else { reshape(argmax(known, axis: -1) == truth, -1) })
  let bin = f64(one_hot(clamp(floor(p * bins), 0, bins - 1), bins))
  let rows = sum(bin, axis: 0)
  let (said, was) = (p @ bin, came_true @ bin)
  if table { stack(said / maximum(rows, 1), was / maximum(rows, 1), rows, axis: 1) } else { sum(abs(said - was)) / size(p) }
}

fn _probabilities(name, scores, known) =
  if is_probability(scores, log: true) { exp(known) }
  else if is_probability(scores, warn: name) { known }
  else if _binary(scores) { sigmoid(known) }
  else { softmax(known) }

## The coefficient of determination, the fraction of the target's variance that the predictions explain:
## `1 - sum((y - p)^2) / sum((y - mean(y))^2)`. Both have the same shape; of several targets [N, D] it is the mean of
## each one's, as in scikit-learn. A target that is the same in all rows counts as 1 if it is predicted exactly, else 0.
##
##     print(r2([1, 2, 3], [1, 2, 3]), r2([2, 2, 2], [1, 2, 3]))           # expect: 1 0
##     print(r2([[1, 5], [2, 5], [3, 5]], [[1, 4], [2, 5], [3, 6]]))       # expect: 0.5
fn r2(prediction, target) {
  if shape(prediction) != shape(target) {
    error("r2: the prediction is {list(shape(prediction)...)}, the target {list(shape(target)...)}; they must have one shape")
  }
  let known = _known("r2", prediction)
  if size(target) == 0 { return nan }
  let same = max(target, axis: 0) == min(target, axis: 0)
  warn_unless(not any(same), "r2: a target is the same in all rows, so it counts as 1 if predicted exactly, else as 0")
  let missed = sum((target - known)^2, axis: 0)
  let spread = sum((target - mean(target, axis: 0, keep: true))^2, axis: 0)
  mean(where(same, missed == 0, 1 - missed / where(same, 1, spread)))
}

## Root mean squared error, in the units of the target. Both have the same shape.
##
##     print(rmse([0, 0], [3, 3]))   # expect: 3
fn rmse(prediction, target) {
  _agree("rmse", prediction, target)
  sqrt(_reduced("rmse", (_known("rmse", prediction) - target)^2, none, "mean"))
}

## The exponential of the cross entropy: the number of equally likely choices with the same uncertainty. logits [.., K],
## or what a softmax made of them, labels [..]; labels equal to `ignore` are left out.
##
##     print("{perplexity([[0, 0, 0, 0]], [2]):.4f}")   # expect: 4.0000
fn perplexity(logits, labels, ignore = none) {
  let known = _known("perplexity", logits)
  let scores = if is_probability(logits, warn: "perplexity") { log(known) } else { known }
  let (counted, classes) = _counted("perplexity", scores, labels, ignore)
  let target = _distribution("perplexity", scores, classes)
  exp(_reduced("perplexity", sum(portion(target, -log_softmax(scores)), axis: -1), none, "mean", counted))
}

## A table, as text: precision, recall, f1 and the number of rows of each class that occurs among the predictions or
## labels, and their means. `names` are the names of the classes: a list, or the data set, of which they are the target's.
##
##     print(len(split(classification_report([1, -1], [1, 0]), "\n")))   # expect: 4
fn classification_report(scores, labels, names = none) {
  let m = _confusion("classification_report", scores, labels, names: names)
  let (p, r, f, n) = (_precisions(m), _recalls(m), _f1s(m), sum(m, axis: 1))
  let all = if names == none { [str(k) for k in 0..size(n) - 1] } else { _class_names("classification_report", names, size(n)) }
  let width = maximum(reduce(map(all, len), maximum), 12)
  let text = _right("", width) + " {"precision":>9} {"recall":>9} {"f1":>9} {"rows":>9}\n"
  for k in nonzero(_occur(m)) {
    text = text + _right(all[k], width) + " {p[k]:>9.3f} {r[k]:>9.3f} {f[k]:>9.3f} {n[k]:>9.0f}\n"
  }
  text + _right("mean", width) + " {_mean_of(p, m):>9.3f} {_mean_of(r, m):>9.3f} {_mean_of(f, m):>9.3f} {sum(n):>9.0f}"
}
