# plain descent blows up on a regression
# wanted: rate is too large|blew up|not scaled
# goal: mse(net(d.x), d.y) < 0.1
seed(SEED)
let x = randn(200, 5)
let d = dataset(x, x @ randn(5, 1))
let net = chain(Dense(5, 64), relu, Dense(64, 1))
train net on (x, y) in d {
  loss: mse(net(x), y)
  optimizer: SGD(lr: 2)   # here
  epochs: 40
  batch: 24
}
