# first values from a normal of deviation 1 and wide layers
# wanted: saturated|exploding|rate is too|blew up|dead
# goal: cross_entropy(net(d.x), d.y) < 0.28
seed(SEED)
let d = shuffle(moons(240, noise: 0.12))
model Net(n) {
  param A = 20 * randn(2, n)   # here
  param B = 20 * randn(n, n)   # here
  param C = randn(n, 2)   # here
  fn forward(x) = tanh(tanh(x @ A) @ B) @ C   # here
}
let net = Net(32)
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  optimizer: SGD(lr: 0.05)   # here
  epochs: 40
  batch: 24
}
