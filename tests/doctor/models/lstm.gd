# goal: mse(net(d.x), d.y) < 0.05
seed(SEED)
let x = randn(200, 8, 2)
let d = dataset(x, tanh(sum(x[:, :, 0], axis: 1))[:, none] * 0.9 - 0.2)      # data
model Net() {
  let cell = LSTM(2, 12)                                # net
  let head = Dense(12, 1)                               # net
  fn forward(x) = head(cell(x)[:, -1])                  # net
}
let net = Net()
train net on (x, y) in d {                              # on
  loss: mse(net(x), y)                                  # loss
  optimizer: Adam(lr: 0.02)                             # rate
  epochs: 30
  batch: 20
}
