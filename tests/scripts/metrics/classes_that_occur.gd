# A mean over classes leaves out those that occur neither in truth nor among the predictions.
let s = one_hot([0, 1, 0], 3)
print(precision(s, [0, 1, 0]), recall(s, [0, 1, 0]), f1(s, [0, 1, 0]))                # expect: 1 1 1
print("{recall(one_hot([0, 1, 2], 4), [0, 1, 0]):.3f}")                               # expect: 0.500
print(classification_report(s, [0, 1, 0], names: ["ant", "bee", "cat"]))
# expect:              precision    recall        f1      rows
# expect:          ant     1.000     1.000     1.000         2
# expect:          bee     1.000     1.000     1.000         1
# expect:         mean     1.000     1.000     1.000         3
precision(f64)
let x = randn(11, 2)
let c = i32(arange(11)) % 2
let w = param(randn(2, 2))
fn scores(w, x) = concat(x @ w, 0 * x[:, :1] - 100, axis: 1)
let h = train w on (x, c) in dataset(x, c) {
  loss: cross_entropy(scores(w, x), c)
  optimizer: GD(lr: 0)
  epochs: 1
  batch: 4
  quiet: true
  metrics: (f1: f1(scores(w, x), c))
}
print(abs(h.f1[0] - f1(scores(w, x), c)) < 1e-9)   # expect: true
