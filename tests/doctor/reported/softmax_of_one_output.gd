# one output unit with softmax: always 1
# wanted: softmax over one output
# goal: mean(f64((net(d.x) > 0) == (d.y > 0.5))) > 0.95
seed(SEED)
let m = shuffle(moons(240, noise: 0.12))
let d = dataset(m.x, m.y[:, none])
let net = chain(Dense(2, 24), tanh, Dense(24, 1), softmax)   # here
train net on (x, y) in d {
  loss: binary_cross_entropy(net(x), y)   # here
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
