# The sum of squares of an update is over all its rows, however they are divided; so is val_loss.
precision(f64)
let x = [0, 1, 2, 3, 4, 5]
let d = dataset(x, 2 * x + 1)
fn fitted(batch, accumulate, shards) {
  let c = param([0.0, 0.0])
  let h = train c on (x, y) in d {
    residuals: c[0] * x + c[1] - y
    optimizer: GD(lr: 0.004)
    epochs: 2
    batch: batch
    shuffle: false
    accumulate: accumulate
    shards: shards
    validate: d
    quiet: true
  }
  return concat(h.loss, h.val_loss, c)
}
let whole = fitted(6, 1, 1)
print(whole[0])    # expect: 286
for (batch, accumulate, shards) in [(6, 1, 2), (6, 1, 4), (6, 1, 6), (2, 3, 1), (4, 2, 1), (4, 2, 3)] {
  print(max(abs(fitted(batch, accumulate, shards) - whole)) < 1e-9)
}
# expect: true
# expect: true
# expect: true
# expect: true
# expect: true
# expect: true

# beside an update with a loss
let (a, b) = (param(3.0), param(3.0))
let h = train on (x, y) in d {
  update a { residuals: a * x - y; optimizer: GD(lr: 0.001) }
  update b { loss: mse(b * x, y); optimizer: GD(lr: 0.001) }
  epochs: 1
  batch: 2
  shuffle: false
  accumulate: 3
  quiet: true
}
print(h.loss[0], sum((3 * x - 2 * x - 1)^2) + mse(3 * x, 2 * x + 1))    # expect: 36.1667 36.1667
