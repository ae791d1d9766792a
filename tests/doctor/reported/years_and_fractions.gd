# columns of very different sizes in a regression
# wanted: not scaled
# goal: mse(net(d.x), d.y) < 0.2
seed(SEED)
let x = randn(200, 3)
let d = dataset(concat(1990 + 12 * x[:, 0:1], 0.1 * x[:, 1:2], 9000 + 4000 * x[:, 2:3], axis: 1), x @ [[1], [-2], [1]])
let net = chain(Dense(3, 16), relu, Dense(16, 1))
train net on (x, y) in d {   # here
  loss: mse(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 150
  batch: 24
}
