# a rate copied from fine tuning, for training from scratch
# wanted: rate is too small
# goal: accuracy(net(d.x), d.y) > 0.95
seed(SEED)
let d = shuffle(moons(240, noise: 0.12))
let net = chain(Dense(2, 24), tanh, Dense(24, 2))
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 1e-6)   # here
  epochs: 40
  batch: 24
}
