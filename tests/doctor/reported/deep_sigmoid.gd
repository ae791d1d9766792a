# twelve sigmoid layers: the first ones do not move
# wanted: vanishing
# goal: accuracy(net(d.x), d.y) > 0.9
seed(SEED)
let d = shuffle(moons(240, noise: 0.12))
let net = chain(Dense(2, 12), sigmoid, Dense(12, 12), sigmoid, Dense(12, 12), sigmoid, Dense(12, 12), sigmoid,   # here
  Dense(12, 12), sigmoid, Dense(12, 12), sigmoid, Dense(12, 12), sigmoid, Dense(12, 12), sigmoid, Dense(12, 12), sigmoid,
  Dense(12, 12), sigmoid, Dense(12, 12), sigmoid, Dense(12, 2))
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)   # here
  optimizer: Adam(lr: 0.01)
  epochs: 40
  batch: 24
}
