# So is that of a target of another shape, in `gd check`.
# check
let net = Dense(2, 1)
let d = dataset(randn(20, 2), randn(20, 1))
let held = dataset(randn(9, 2), randn(9))
train net on (x, y) in d {
  loss: mse(net(x), y)
  optimizer: Adam()
  epochs: 2
  validate: held                 # expect error: its y is [9], that of the training [20, 1]
}
