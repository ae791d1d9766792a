# goal: accuracy(net(d.x), d.y) > 0.9
seed(SEED)
let x = randn(200, 7, 1)
let d = dataset(x, i32(mean(x[:, :, 0], axis: 1) > 0))   # data
model Net() {
  let cell = GRU(1, 10)                                 # net
  let head = Dense(10, 2)                               # net
  fn forward(x) = head(cell(x)[:, -1])                  # net
}
let net = Net()
train net on (x, y) in d {                              # on
  loss: cross_entropy(net(x), y)                        # loss
  optimizer: RMSprop(lr: 0.01)                          # rate
  epochs: 25
  batch: 20
}
