# a filter left one class
# wanted: every target
seed(SEED)
let m = shuffle(moons(240, noise: 0.12))
let d = dataset(m.x[m.y == 1], m.y[m.y == 1])
let net = chain(Dense(2, 24), tanh, Dense(24, 2))
train net on (x, y) in d {   # here
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
