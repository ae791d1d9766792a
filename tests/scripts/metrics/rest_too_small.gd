# A metric that needs more rows than a rest minibatch or a part has: the message says which rows those are.
let x = arange(27.0)
fn go(batch, shards) {
  let w = param(0.5)
  train w on (x, y) in dataset(x, 2 * x) {
    loss: mse(w * x, y)
    optimizer: GD(lr: 1e-4)
    epochs: 1
    batch: batch
    shards: shards
    metrics: (worst3: mean(topk(abs(w * x - y), 3).0))
    quiet: true
  }
}
print(len(go(9, 3).worst3))      # expect: 1
print(attempt(fn() { go(25, 1) }).error)    # expect: k must be a whole number from 0 to 2, not 3
go(9, 4)    # expect error: in a minibatch or part of 2 rows
# expect stderr: another `batch:`, of which no smaller rest is left, or fewer `shards:`
