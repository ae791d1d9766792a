# both a softmax layer and log_softmax with nll
# wanted: softmax is applied twice|softmax before
# goal: cross_entropy(net(d.x), d.y) < 0.28
seed(SEED)
let d = shuffle(moons(240, noise: 0.12))
let net = chain(Dense(2, 24), relu, Dense(24, 2), softmax)   # here
train net on (x, y) in d {
  loss: nll(log_softmax(net(x)), y)   # here
  optimizer: SGD(lr: 0.1)
  epochs: 40
  batch: 24
}
