let w = param(0)
let seen = []
train w on x in dataset([2, 4]) {
  loss: mean(x) + w * 0
  optimizer: GD(lr: 0)
  epochs: 3
  batch: 1
  quiet: true
  each_epoch: { seen = push(seen, "{epoch}:{loss}") }
}
print(len(seen), seen[2])   # expect ~ 3 [23]:3
