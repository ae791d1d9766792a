# a loss that sums over the batch, at the rate of a mean
# wanted: rate is too large|blew up
# goal: mse(net(d.x), d.y) < 0.1
seed(SEED)
let x = randn(256, 4)
let d = dataset(x, x @ randn(4, 1))
let net = chain(Dense(4, 32), tanh, Dense(32, 1))
train net on (x, y) in d {
  loss: sum((net(x) - y)^2)
  optimizer: SGD(lr: 0.05, momentum: 0.9)   # here
  epochs: 40
  batch: 64
}
