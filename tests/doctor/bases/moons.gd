# goal: accuracy(net(d.x), d.y) > 0.93
seed(SEED)
let d = moons(240, noise: 0.1)                          # data
let net = chain(Dense(2, 16), tanh, Dense(16, 2))       # net
train net on (x, y) in d {                              # on
  loss: cross_entropy(net(x), y)                        # loss
  optimizer: Adam(lr: 0.02)                             # rate
  epochs: 40
  batch: 24
}
