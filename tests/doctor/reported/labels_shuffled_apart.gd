# inputs were shuffled, labels were not
# wanted: tell nothing
seed(SEED)
let m = spirals(300, noise: 0.05)
let d = dataset(m.x[permutation(300)], m.y)
let net = chain(Dense(2, 24), tanh, Dense(24, 2))
train net on (x, y) in d {   # here
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
