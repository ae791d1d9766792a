# an activation after every layer, the last too
# wanted: relu. is between|dead units
# goal: accuracy(net(d.x), d.y) > 0.93
seed(SEED)
let d = shuffle(blobs(240, centers: 3))
let net = chain(Dense(2, 8), relu, Dense(8, 3), relu)   # here
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)   # here
  optimizer: SGD(lr: 0.05)
  epochs: 40
  batch: 24
}
