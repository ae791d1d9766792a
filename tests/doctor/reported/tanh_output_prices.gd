# a bounded output for targets of hundreds
# wanted: range cannot reach
# goal: mse(net(d.x), d.y) < 0.3 * var(d.y)
seed(SEED)
let x = randn(200, 3)
let d = dataset(x, 100 + 30 * x[:, 0:1])
let net = chain(Dense(3, 16), tanh, Dense(16, 1), tanh)   # here
train net on (x, y) in d {
  loss: mse(net(x), y)   # here
  optimizer: Adam(lr: 0.1)
  epochs: 150
  batch: 24
}
