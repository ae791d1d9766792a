# class numbers from 1: an output that is never asked for
# wanted: width of the output
seed(SEED)
let m = shuffle(moons(240, noise: 0.12))
let d = dataset(m.x, m.y + 1)
let net = chain(Dense(2, 24), tanh, Dense(24, 5))   # here
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)   # here
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
