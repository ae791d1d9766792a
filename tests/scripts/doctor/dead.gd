# Offsets of -10: every relu unit is dead from the start, and alive without them.
# command: doctor
# options: --json
# status: 1
seed(4)
model Net(n) {
  param A = randn(2, n)
  param a = full(n, value: -10)
  param B = 0.1 * randn(n, 2)
  fn forward(x) = relu(x @ A + a) @ B
}
let net = Net(12)
train net on (x, y) in moons(60, noise: 0.1) { loss: cross_entropy(net(x), y); optimizer: Adam(lr: 0.02); epochs: 40; batch: 20 }
# expect ~ .*"message":"health, measured: dead units: 100 % of those of `relu` are 0 for every row at the first values.*"line":10,.*tried on a copy: after \d+ steps the loss is .* instead of .*
# expect ~ .*"event":"mended".*param a = zeros\(n\).*
# expect: 1 finding in 1 training
