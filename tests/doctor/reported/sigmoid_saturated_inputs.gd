# inputs of thousands into sigmoid units
# wanted: not scaled|saturated
# goal: cross_entropy(net(d.x), d.y) < 0.28
seed(SEED)
let m = shuffle(moons(240, noise: 0.12))
let d = dataset(2000 * m.x, m.y)
let net = chain(Dense(2, 24), sigmoid, Dense(24, 2))
train net on (x, y) in d {   # here
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
