# A metric without a value says why: once a line, and in a training with the epoch.
print(auc([1, 2], [1, 1]))                 # expect: nan
# expect stderr: auc is NaN: it compares the rows of class 1 with those of class 0, and here all are of one class
print(average_precision([1, 2], [0, 0]))   # expect: nan
# expect stderr: average_precision is NaN: no row is of class 1
print(r2([1, 2], [3, 3]), r2([3, 3], [3, 3]))   # expect: 0 1
# expect stderr: r2: a target is the same in all rows, so it counts as 1 if predicted exactly, else as 0
print(accuracy(zeros(0, 3), zeros(0)))     # expect: nan
# expect stderr: accuracy: there are no rows
print(attempt(fn() = top_k([[1, 2]], [0], k: 0)).error)   # expect: top_k: `k` is a whole number from 1, this is 0
let data = dataset(randn(20, 2), zeros(20))
let net = chain(Dense(2, 1))
train net on (x, y) in data {
  loss: binary_cross_entropy(net(x), y[:, none])
  optimizer: GD(lr: 0.1)
  epochs: 2
  batch: 8
  metrics: (area: auc(net(x), y))
}
# expect stderr: `area` is NaN in epoch 1: all rows are of one class, and it compares two
