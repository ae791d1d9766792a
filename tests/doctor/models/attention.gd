# goal: accuracy(net(d.x), d.y) > 0.9
seed(SEED)
let x = randn(240, 5, 8)
let d = dataset(x, i32(max(x[:, :, 0], axis: 1) > 1.2))  # data
model Net() {
  let block = TransformerBlock(8, 2)                    # net
  let head = Dense(8, 2)                                # net
  fn forward(x) = head(max(block(x), axis: 1))          # net
}
let net = Net()
train net on (x, y) in d {                              # on
  loss: cross_entropy(net(x), y)                        # loss
  optimizer: Adam(lr: 0.005)                            # rate
  epochs: 40
  batch: 24
}
