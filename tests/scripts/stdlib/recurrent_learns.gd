# The sum of what came in so far, mod 2, through a chain; dropout between layers in training alone.
seed(1)
let x = f32(rand(64, 12, 1) < 0.5)
let y = cumsum(x[:, :, 0], axis: 1) % 2
let net = chain(GRU(1, 16), Dense(16, 1))
let h = train net on (x, y) in dataset(x, y) { loss: binary_cross_entropy(net(x)[:, :, 0], y); optimizer: Adam(lr: 0.03); epochs: 150; quiet: true }
print(h.loss[-1] < 0.1)                            # expect: true
let deep = LSTM(1, 8, layers: 2, dropout: 0.5)
print(all(deep(x) == deep(x)))                     # expect: true
