# A buffer outside the targets that only a shorter minibatch assigns is kept with the rest.
model Net() {
  param w = [1.0]
  fn forward(x) = x * w
}
model Late() {
  buffer seen = 0
  fn forward(x) {
    if len(x) == 1 { seen = seen + 1 }
    x
  }
}
let (net, late) = (Net(), Late())
train net on x in dataset(ones(5, 1)) {
  loss:      mean(net(late(x))^2)
  optimizer: GD(lr: 0.1)
  batch:     2
  epochs:    3
  keep:      best(loss)
  quiet:     true
}
print(late.seen)   # expect: 3
