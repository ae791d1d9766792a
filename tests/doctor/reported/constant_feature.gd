# a column that is the same in every row
# wanted: constant
seed(SEED)
let m = shuffle(moons(240, noise: 0.12))
let d = dataset(concat(m.x, full(240, 1, value: 3), axis: 1), m.y)
let net = chain(Dense(3, 24), tanh, Dense(24, 2))
train net on (x, y) in d {   # here
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
