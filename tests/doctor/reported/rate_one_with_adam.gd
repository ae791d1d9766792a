# Adam with the rate of plain descent: loss at chance
# wanted: rate is too large|dead units
# goal: accuracy(net(d.x), d.y) > 0.95
seed(SEED)
let d = shuffle(moons(240, noise: 0.12))
let net = chain(Dense(2, 24), relu, Dense(24, 24), relu, Dense(24, 2))
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 3)   # here
  epochs: 40
  batch: 24
}
