# goal: mse(net(d.x)[:, 0], d.y) < 0.25
seed(SEED)
let x = randn(200, 5)
let d = dataset(x, abs(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] - 1)   # data
let (seen, kept) = split(d, 0.75)
let net = chain(Dense(5, 20), relu, Dense(20, 20), relu, Dense(20, 1))   # net
train net on (x, y) in seen {                           # on
  loss: huber(net(x)[:, 0], y)                          # loss
  optimizer: AdamW(lr: 0.01, weight_decay: 0.001)       # rate
  epochs: 50
  batch: 25
  validate: kept                                        # held
}
