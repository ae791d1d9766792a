# labels of -1 and 1 under a sigmoid and squared error
# wanted: range cannot reach
# goal: mean(f64((net(d.x) > 0) == (d.y > 0))) > 0.93
seed(SEED)
let m = shuffle(moons(240, noise: 0.12))
let d = dataset(m.x, 2.0 * m.y[:, none] - 1)
let net = chain(Dense(2, 16), tanh, Dense(16, 1), sigmoid)   # here
train net on (x, y) in d {
  loss: mse(net(x), y)   # here
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
