# Of several targets r2 is the mean of each one's, over all rows of an epoch too.
let y = [[1000, 0], [1001, 1], [1000, 1], [1001, 0]]
print(r2(zeros(4, 2) + mean(y, axis: 0), y))                          # expect: 0
print(r2([[1, 5], [2, 5], [3, 5]], [[1, 4], [2, 5], [3, 6]]))         # expect: 0.5
print(r2([[1, 5], [2, 5]], [[1, 5], [2, 5]]))                         # expect: 1
# expect stderr: r2: a target is the same in all rows
precision(f64)
seed(1)
let x = randn(11, 3)
let t = x @ randn(3, 2) + [0, 100]
let w = param(randn(3, 2))
let h = train w on (x, t) in dataset(x, t) {
  loss: mse(x @ w, t)
  optimizer: GD(lr: 0)
  epochs: 1
  batch: 4
  quiet: true
  metrics: (r2: r2(x @ w, t))
  validate: dataset(x, t)
}
print(abs(h.r2[0] - r2(x @ w, t)) < 1e-9, abs(h.val_r2[0] - r2(x @ w, t)) < 1e-9)   # expect: true true
