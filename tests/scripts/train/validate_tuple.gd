# a data set inside a tuple: blamed where it stands
let d = dataset(ones(4, 1), ones(4, 1))
let net = Dense(1, 1)
train net on (x, y) in d {
  loss: mse(net(x), y); optimizer: GD(lr: 0.1); epochs: 1; quiet: true
  validate: (held: d)    # expect error: give the data set itself
}
