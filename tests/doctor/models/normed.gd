# goal: accuracy(net(d.x), d.y) > 0.9
seed(SEED)
let d = shuffle(spirals(240, noise: 0.05))              # data
let (rest, held) = split(d, 0.75)
let net = chain(Dense(2, 24), BatchNorm(24), relu, Dense(24, 24), LayerNorm(24), relu, Dense(24, 2))   # net
train net on (x, y) in rest {                           # on
  loss: cross_entropy(net(x), y)                        # loss
  optimizer: AdamW(lr: 0.01)                            # rate
  epochs: 60
  batch: 20
  validate: held                                        # held
}
