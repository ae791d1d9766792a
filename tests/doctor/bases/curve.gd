# goal: mse(net(d.x), d.y) < 0.02
seed(SEED)
let x = linspace(-2, 2, 120)[:, none]
let d = dataset(x, sin(2 * x) - 0.3)                    # data
let net = chain(Dense(1, 16), tanh, Dense(16, 1))       # net
train net on (x, y) in d {                              # on
  loss: mse(net(x), y)                                  # loss
  optimizer: Adam(lr: 0.02)                             # rate
  epochs: 200
  batch: 40
}
