# Predicted classes, as argmax gives them, in the metrics that need no scores: scikit-learn's definitions.
let (predicted, y) = (i32([0, 2, 1, 2, 0]), [0, 1, 1, 2, 2])
print(confusion_matrix(predicted, y))   # expect: [[1, 0, 0], [0, 1, 1], [1, 0, 1]]
# precision 1/2, 1, 1/2; recall 1, 1/2, 1/2; f1 2/3, 2/3, 1/2
print(abs(precision(predicted, y) - 2 / 3) < 1e-6, abs(recall(predicted, y) - 2 / 3) < 1e-6)   # expect: true true
print(abs(f1(predicted, y) - 11 / 18) < 1e-6)   # expect: true
print(len(split(classification_report(predicted, y), "\n")))   # expect: 5
print(f1(u8([0, 1, 1]), [0, 1, 0]) == f1([-1, 1, 1], [0, 1, 0]), f1(i32([-1, 1]), [-1, 1]))   # expect: true 1
# as many classes as names, though none here is of the last
print(confusion_matrix(i32([0, 1]), [0, 0], names: ["a", "b", "c"]))
# expect:    a  b  c
# expect: a  1  1  0
# expect: b  0  0  0
# expect: c  0  0  0
print(attempt(fn() = f1(i32([0, -1, 2]), [0, 1, 1])).error)   # expect: f1: predictions are classes, whole numbers from 0: found -1 at [1]
print(attempt(fn() = f1(i32([0, 1, 2]), [0, 1, 0.5])).error)   # expect: f1: labels are classes, whole numbers from 0: found 0.5 at [2]
print(attempt(fn() = f1(i32([0, 1, 2]), [0, 1])).error)   # expect: f1: 3 predicted classes, 2 labels; there must be one label a row
# in a training, where the step is recorded
let net = chain(Dense(2, 3))
let h = train net on (x, y) in blobs(60, centers: 3) {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.1)
  epochs: 3
  metrics: (classes: f1(argmax(net(x), axis: -1), y), scores: f1(net(x), y))
}
print(all(h.classes == h.scores))   # expect: true
