# rows were repeated before the split
# wanted: held-out rows are also
seed(SEED)
let m = moons(120, noise: 0.12)
let all = shuffle(dataset(concat(m.x, m.x, m.x, axis: 0), concat(m.y, m.y, m.y, axis: 0)))
let (d, held) = split(all, 0.7)
let net = chain(Dense(2, 16), tanh, Dense(16, 2))
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
  validate: held   # here
}
