# goal: mse(net(d.x)[:, 0], d.y) < 0.1
seed(SEED)
let x = randn(160, 3)
let d = dataset(x, x @ [1, -2, 0.5] + 0.3)              # data
let net = chain(Dense(3, 16), relu, Dense(16, 1), flatten)   # net
train net on (x, y) in d {                              # on
  loss: mse(net(x)[:, 0], y)                            # loss
  optimizer: SGD(lr: 0.01, momentum: 0.9)               # rate
  epochs: 60
  batch: 16
}
