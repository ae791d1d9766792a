# a hidden layer written as a product, and nothing around it
# wanted: linear layers
# goal: cross_entropy(net(d.x), d.y) < 0.25
seed(SEED)
let d = shuffle(moons(240, noise: 0.12))
model Net(n) {
  param A = he_normal(2, n)
  param B = he_normal(n, 2)
  param b = zeros(2)
  fn forward(x) = x @ A @ B + b   # here
}
let net = Net(24)
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)   # here
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
