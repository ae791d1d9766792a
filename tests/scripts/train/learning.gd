seed(2)
let data = moons(200, noise: 0.1)
let net = chain(Dense(2, 16), tanh, Dense(16, 2))
let h = train net on (x, y) in data { loss: cross_entropy(net(x), y); optimizer: Adam(lr: 0.02); epochs: 150; batch: 32; metrics: accuracy(net(x), y); quiet: true }
print(h.accuracy[-1] > 0.95, h.loss[-1] < h.loss[0])   # expect: true true
