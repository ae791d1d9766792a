# A loop around `update` is watched as a training: its rate, its data and what its step proves.
# command: doctor
# options: --json
# status: 1
seed(2)
let x = randn(200, 2) * [1, 900]
let y = f32(x[:, 0] > 0)
let net = chain(Dense(2, 8), tanh, Dense(8, 1), sigmoid)
let rule = SGD(lr: 0.1)
for epoch in 1..20 {
  for (p, q) in batches(dataset(x, y), 50) {
    update net { loss: binary_cross_entropy(net(p)[:, 0], q); optimizer: rule }
  }
}
# expect ~ .*"health, proved: sigmoid before binary cross entropy.*
# expect ~ .*"health, measured: the inputs are not scaled: column 1.*
# expect: 2 findings in 1 training
