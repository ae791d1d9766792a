# Help is another expression than the one that failed, and one that is accepted.
fn said(f) = print(attempt(f).error)
let a = ones(2, 3)
said(fn() = auc(zeros(3, 2), [0, 1, 0]))
# expect: auc: the scores are [3, 2], the labels [3]; there must be one score for each label: of the scores s of two classes, s[:, 1] - s[:, 0]
said(fn() = average_precision(zeros(3, 4), [0, 1, 0]))
# expect: average_precision: the scores are [3, 4], the labels [3]; there must be one score for each label
said(fn() = hinge(zeros(3, 2), [1, -1, 1]))
# expect: hinge: the prediction is [3, 2], the target [3]; they must have one shape: each score has a label, -1 or 1
a' @ ones(3)         # expect error: the first would fit without its `'`
