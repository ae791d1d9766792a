# A rate that is far too small in a loop around `update`: found by what another one does on a copy.
# command: doctor
# options: --json
# status: 1
seed(1)
let x = randn(200, 2)
let y = f32(x[:, 0] + x[:, 1] > 0)
let (w, b) = (param(zeros(2)), param(0))
let rule = SGD(lr: 0.00001)
for epoch in 1..20 {
  for (p, q) in batches(dataset(x, y), 20) {
    update w, b { loss: binary_cross_entropy(p @ w + b, q); optimizer: rule }
  }
}
# expect ~ .*"health, measured: the rate is too small: the loss went from 0.6931 .*"line":9,.*tried on a copy: .*
# expect ~ .*"event":"mended".*
# expect: 1 finding in 1 training
