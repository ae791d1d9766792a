# 97 % of one class: accuracy looks fine
# wanted: out of balance
seed(SEED)
let x = randn(400, 2)
let d = dataset(x, i32(x[:, 0] > 1.9))
let net = chain(Dense(2, 12), tanh, Dense(12, 2))
train net on (x, y) in d {   # here
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
