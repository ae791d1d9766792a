# every matrix starts at zero
# wanted: saddle|begins with zeros
# goal: accuracy(net(d.x), d.y) > 0.95
seed(SEED)
let d = shuffle(moons(240, noise: 0.12))
model Net(n) {
  param A = zeros(2, n)   # here
  param a = zeros(n)
  param B = zeros(n, 2)   # here
  fn forward(x) = tanh(x @ A + a) @ B
}
let net = Net(16)
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 40
  batch: 24
}
