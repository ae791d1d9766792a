# goal: accuracy(net(d.x), d.y) > 0.9
seed(SEED)
let side = randint(0, 2, 160)
let at = one_hot(randint(0, 8, 160), 8)
let row = at[:, :, none] * ones(1, 1, 8)
let turned = where(side[:, none, none] == 1, row, row')
let d = dataset((turned + 0.3 * randn(160, 8, 8))[:, none], side)          # data
let (rest, held) = split(d, 0.8)
let net = chain(Conv2d(1, 6, 3, padding: 1), relu, MaxPool2d(2), Flatten(), Dense(96, 2))   # net
train net on (x, y) in rest {                           # on
  loss: cross_entropy(net(x), y)                        # loss
  optimizer: Adam(lr: 0.01)                             # rate
  epochs: 12
  batch: 16
  validate: held                                        # held
}
