# goal: accuracy(net(d.x), d.y) > 0.93
seed(SEED)
let words = randint(0, 30, (240, 6))
let d = dataset(words, i32(sum(words < 8, axis: 1) > 1))  # data
model Net() {
  let table = Embedding(30, 8)
  let head = Dense(8, 2)                                # net
  fn forward(x) = head(mean(table(x), axis: 1))         # net
}
let net = Net()
train net on (x, y) in d {                              # on
  loss: cross_entropy(net(x), y)                        # loss
  optimizer: Adam(lr: 0.05)                             # rate
  epochs: 25
  batch: 24
}
