let net = chain(Dense(1, 1), Dense(1, 1))
let kept = copy(net.0.W)
train net.1 on (x, y) in dataset([[1]], [[5]]) { loss: mse(net(x), y); optimizer: GD(lr: 0.1); steps: 2; quiet: true }
print(all(net.0.W == kept), net.1.b[0] != 0)   # expect: true true
