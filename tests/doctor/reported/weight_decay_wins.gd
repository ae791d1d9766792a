# weight decay taken for a rate
# wanted: weight decay
# goal: cross_entropy(net(d.x), d.y) < 0.35
seed(SEED)
let d = shuffle(moons(240, noise: 0.12))
let net = chain(Dense(2, 24), tanh, Dense(24, 2))
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  optimizer: SGD(lr: 0.1, weight_decay: 4)   # here
  epochs: 40
  batch: 24
}
