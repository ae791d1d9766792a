# A minibatch of padding alone is an error in the step, at the line of the loss.
let net = Dense(2, 3)
train net on (x, y) in dataset(ones(4, 2), [1, 2, -1, -1]) {
  loss: cross_entropy(net(x), y, ignore: -1)   # expect error: nothing to take the mean of
  optimizer: SGD(lr: 0.1)
  batch: 2
  epochs: 1
  shuffle: false
  quiet: true
}
# status: 1
