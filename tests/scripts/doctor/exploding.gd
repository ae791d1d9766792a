# A recurrent net whose matrix grows what passes through it: other first values mend it.
# command: doctor
# options: --json
# status: 1
seed(3)
model Net(n) {
  param W = randn(1, n)
  param U = randn(n, n)
  param V = 0.1 * randn(n, 1)
  fn forward(x) {
    let h = x[:, 0:1] @ W
    for t in 1..9 { h = relu(x[:, t:t + 1] @ W + h @ U) }
    h @ V
  }
}
let x = rand(60, 10)
let net = Net(12)
train net on (a, b) in dataset(x, mean(x, axis: 1, keep: true)) { loss: mse(net(a), b); optimizer: SGD(lr: 0.01); epochs: 10; batch: 20; on_divergence: "stop" }
# expect ~ .*"message":"health, measured: exploding gradients: `net.U` is used 9 times in a row.*"line":8,.*tried on a copy: after \d+ steps the loss is .* instead of .*
# expect ~ .*"event":"mended".*U = xavier_normal.*
# expect: 1 finding in 1 training
