# Sequences whose labels were shuffled: the same training on targets that are shuffled on purpose
# does as well.
# command: doctor
# options: --json
# status: 1
seed(7)
let x = randn(150, 5, 2)
let y = i32(sum(x[:, :, 0], axis: 1) > 0)
let d = dataset(x, y[permutation(150)])
model Net() {
  let cell = GRU(2, 6)
  let head = Dense(6, 2)
  fn forward(x) = head(cell(x)[:, -1])
}
let net = Net()
train net on (p, q) in d {
  loss: cross_entropy(net(p), q)
  optimizer: Adam(lr: 0.01)
  epochs: 10
  batch: 30
}
# expect ~ .*"health, likely: the inputs tell nothing about the targets.*"line":16,.*
# expect: 1 finding in 1 training
