# Targets far from 0 are to be scaled; no rate is blamed.
# expect stderr: the targets are not scaled: their mean is 1e+06 and their deviation
# expect no stderr: the rate is too small
seed(1)
let x = randn(200, 3)
let y = 1e6 + 30 * (x @ [1, -2, 0.5])
let net = chain(Dense(3, 16), relu, Dense(16, 1))
let h = train net on (x, y) in dataset(x, y) { loss: mse(net(x)[:, 0], y); optimizer: Adam(lr: 0.001); batch: 32; epochs: 20; health: true }
print(h.epochs)   # expect: 20
