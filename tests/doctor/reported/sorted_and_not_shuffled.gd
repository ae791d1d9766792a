# rows sorted by class, shuffling turned off
# wanted: sorted by class
# goal: accuracy(net(d.x), d.y) > 0.95
seed(SEED)
let m = moons(240, noise: 0.12)
let o = argsort(m.y)
let d = dataset(m.x[o], m.y[o])
let net = chain(Dense(2, 24), tanh, Dense(24, 2))
train net on (x, y) in d {   # here
  loss: cross_entropy(net(x), y)
  optimizer: SGD(lr: 0.5)
  epochs: 60
  batch: 24
  shuffle: false   # here
}
