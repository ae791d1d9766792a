# goal: accuracy(net(d.x), d.y) > 0.9
seed(SEED)
let kind = randint(0, 3, 180)
let at = linspace(0, 6, 24)
let x = sin((kind[:, none] + 1) * at[none, :] + 0.3 * randn(180, 1)) + 0.2 * randn(180, 24)
let d = dataset(x[:, :, none], kind)                     # data
let net = chain(Conv1d(1, 8, 5), tanh, MaxPool1d(4), Flatten(), Dense(40, 3))   # net
train net on (x, y) in d {                              # on
  loss: cross_entropy(net(x), y)                        # loss
  optimizer: SGD(lr: 0.05, momentum: 0.9)               # rate
  epochs: 20
  batch: 18
}
