# a header line dropped from one of two files
# wanted: shifted|tell nothing
seed(SEED)
let m = shuffle(spirals(300, noise: 0.05))
let d = dataset(m.x[1:], m.y[0:-1])
let net = chain(Dense(2, 24), tanh, Dense(24, 2))
train net on (x, y) in d {   # here
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
