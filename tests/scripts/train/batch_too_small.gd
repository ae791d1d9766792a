let w = param(1)
train w on x in dataset([1, 2]) {
  loss: mean(x) * w
  optimizer: GD()
  batch: 0     # expect error: batch
  epochs: 1
}
