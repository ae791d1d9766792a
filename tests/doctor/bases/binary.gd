# goal: mean(f64((net(d.x) > 0) == (d.y > 0.5))) > 0.93
seed(SEED)
let m = moons(240, noise: 0.15)
let d = dataset(m.x, m.y[:, none])                      # data
let net = chain(Dense(2, 16), tanh, Dense(16, 1))       # net
train net on (x, y) in d {                              # on
  loss: binary_cross_entropy(net(x), y)                 # loss
  optimizer: Adam(lr: 0.02)                             # rate
  epochs: 40
  batch: 24
}
