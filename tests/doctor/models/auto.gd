# goal: mse(net(d.x), d.x) < 0.15
seed(SEED)
let hidden = randn(200, 2)
let d = dataset(tanh(hidden @ randn(2, 6)) + 0.05 * randn(200, 6))   # data
let net = chain(Dense(6, 12), tanh, Dense(12, 3), tanh, Dense(3, 12), tanh, Dense(12, 6))   # net
train net on x in d {                                   # on
  loss: mse(net(x), x)                                  # loss
  optimizer: Adam(lr: 0.01)                             # rate
  epochs: 40
  batch: 20
}
