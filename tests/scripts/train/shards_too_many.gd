let w = param(1)
train w on x in dataset([1, 2, 3, 4, 5]) {
  loss: mean(x) * w
  optimizer: GD()
  batch: 3
  epochs: 1
  shards: 4   # expect error: `shards: 4` is more than the rows of a minibatch: 3
}
