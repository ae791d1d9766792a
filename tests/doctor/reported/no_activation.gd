# a deep net of linear layers
# wanted: linear layers
# goal: accuracy(net(d.x), d.y) > 0.95
seed(SEED)
let d = shuffle(moons(240, noise: 0.12))
let net = chain(Dense(2, 24), Dense(24, 24), Dense(24, 2))   # here
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)   # here
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
