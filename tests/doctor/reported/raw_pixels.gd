# inputs from 0 to 255
# wanted: not scaled
# goal: cross_entropy(net(d.x), d.y) < 0.28
seed(SEED)
let m = shuffle(moons(240, noise: 0.12))
let d = dataset(127 + 60 * m.x, m.y)
let net = chain(Dense(2, 24), tanh, Dense(24, 2))
train net on (x, y) in d {   # here
  loss: cross_entropy(net(x), y)
  optimizer: SGD(lr: 0.3)
  epochs: 40
  batch: 24
}
