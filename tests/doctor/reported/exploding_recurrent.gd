# a recurrent net whose matrix was drawn from a normal
# wanted: exploding
# goal: mse(net(d.x), d.y) < 0.1
seed(SEED)
model Net(n) {
  param W = randn(1, n)
  param U = randn(n, n)   # here
  param V = 0.1 * randn(n, 1)
  fn forward(x) {
    let h = x[:, 0:1] @ W
    for t in 1..11 { h = relu(x[:, t:t + 1] @ W + h @ U) }   # here
    h @ V
  }
}
let x = rand(200, 12)
let d = dataset(x, mean(x, axis: 1, keep: true))
let net = Net(16)
train net on (x, y) in d {
  loss: mse(net(x), y)
  optimizer: SGD(lr: 0.01)   # here
  epochs: 40
  batch: 24
}
