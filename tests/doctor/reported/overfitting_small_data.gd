# a large net on 40 noisy rows, trained on and on
# wanted: overfitting
seed(SEED)
let x = randn(60, 8)
let y = i32(x[:, 0] + 0.8 * randn(60) > 0)
let (d, held) = split(dataset(x, y), 0.6)
let net = chain(Dense(8, 64), relu, Dense(64, 2))
train net on (x, y) in d {   # here
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 150
  batch: 12
  validate: held
}
