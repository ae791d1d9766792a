# test data standardised with its own mean and deviation
# wanted: own moments
seed(SEED)
let m = shuffle(moons(300, noise: 0.12))
let (a, b) = split(m, 0.7)
let d = standardize(a)
let held = standardize(b)
let net = chain(Dense(2, 16), tanh, Dense(16, 2))
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
  validate: held   # here
}
