# A wrong label is found in a minibatch; what is told is its row in the data set, however the rows were shuffled.
seed(5)
let x = randn(90, 2)
let y = zeros(90)
y[57] = 4
let net = Dense(2, 3)
train net on (x, y) in dataset(x, y) {   # expect error: row 57 of the data
  loss: cross_entropy(net(x), y)         # expect error: 4 is out of range
  optimizer: GD()
  epochs: 1
  batch: 7
  quiet: true
}
