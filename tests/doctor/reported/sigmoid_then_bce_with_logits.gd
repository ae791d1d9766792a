# a sigmoid output under a loss of logits
# wanted: sigmoid before binary
# goal: binary_cross_entropy(net(d.x), d.y) < 0.28
seed(SEED)
let m = shuffle(moons(240, noise: 0.12))
let d = dataset(m.x, m.y[:, none])
let net = chain(Dense(2, 24), tanh, Dense(24, 1), sigmoid)   # here
train net on (x, y) in d {
  loss: binary_cross_entropy(net(x), y)   # here
  optimizer: SGD(lr: 0.5)
  epochs: 40
  batch: 24
}
