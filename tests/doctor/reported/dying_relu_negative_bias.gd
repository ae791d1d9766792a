# a large negative bias: every ReLU unit is dead
# wanted: dead units
# goal: accuracy(net(d.x), d.y) > 0.95
seed(SEED)
let d = shuffle(moons(240, noise: 0.12))
model Net(n) {
  param A = randn(2, n)
  param a = full(n, value: -10)
  param B = 0.1 * randn(n, 2)
  fn forward(x) = relu(x @ A + a) @ B   # here
}
let net = Net(24)
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)   # here
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
