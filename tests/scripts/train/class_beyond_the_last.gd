# The classes are data: the step that meets one beyond the last is refused, with the line of the loss.
let net = Dense(2, 3)
train net on (x, y) in dataset(rand(6, 2), [0, 1, 2, 0, 4, 1]) {
  loss: cross_entropy(net(x), y)   # expect error: 4 is out of range: 0 to 2 are possible
  optimizer: GD(lr: 0.1)
  batch: 2
  epochs: 1
}
