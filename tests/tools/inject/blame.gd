# A value that is not finite is traced to its line.
let w = tensor([1.0, 2.0])
let net = Dense(2, 1)
train net on (a, b) in dataset(zeros(4, 2), zeros(4, 1)) { loss: mean(log(net(a) * 0 - 1)); optimizer: SGD(0.1); epochs: 1; quiet: true }
