# a large constant rate with a batch of two: the loss never settles
# wanted: noise|rate is too large
# goal: mse(net(d.x), d.y) < 0.3
seed(SEED)
let x = randn(300, 4)
let d = dataset(x, x @ [[1], [-1], [2], [0.5]] + 0.4 * randn(300, 1))
let net = Dense(4, 1)
train net on (x, y) in d {
  loss: mse(net(x), y)
  optimizer: SGD(lr: 0.17)   # here
  epochs: 40
  batch: 2
}
