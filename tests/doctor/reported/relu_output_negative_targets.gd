# a regression whose targets go below 0, and a ReLU output
# wanted: range cannot reach
# goal: mse(net(d.x), d.y) < 0.05
seed(SEED)
let x = linspace(-2, 2, 160)[:, none]
let d = dataset(x, sin(2 * x))
let net = chain(Dense(1, 24), tanh, Dense(24, 1), relu)   # here
train net on (x, y) in d {
  loss: mse(net(x), y)   # here
  optimizer: Adam(lr: 0.02)
  epochs: 150
  batch: 24
}
