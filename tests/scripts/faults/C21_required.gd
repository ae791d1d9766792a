# What a loss asks of its targets, told with the row of the data.
seed(6)
let y = zeros(64)
y[40] = 9
let net = Dense(2, 1)
train net on (x, y) in dataset(randn(64, 2), y) {   # expect error: row 40 of the data
  loss: binary_cross_entropy(net(x)[:, 0], y)       # expect error: targets are from 0 to 1
  optimizer: GD()
  epochs: 1
  batch: 5
  quiet: true
}
