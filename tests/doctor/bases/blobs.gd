# goal: accuracy(net(d.x), d.y) > 0.95
seed(SEED)
let d = blobs(240)                                      # data
let net = chain(Dense(2, 12), relu, Dense(12, 3))       # net
train net on (x, y) in d {                              # on
  loss: cross_entropy(net(x), y)                        # loss
  optimizer: SGD(lr: 0.02, momentum: 0.9)               # rate
  epochs: 30
  batch: 24
}
