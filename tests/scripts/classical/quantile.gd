# Quantile regression: as many points lie under each line as its quantile says.
seed(4)
let x = rand(2000, 1)
let y = 1 + 2 * x + (0.2 + x) * randn(2000, 1)   # wider to the right
let net = Dense(1, 3)
train net on (a, b) in dataset(x, y) {
  loss: quantile_loss(net(a), expand(b, shape(b)[0], 3), q: [0.1, 0.5, 0.9])
  optimizer: Adam(lr: cosine(0.05, steps: 2000))
  steps: 2000
  quiet: true
}
let under = mean(y < net(x), axis: 0)
print(max(abs(under - [0.1, 0.5, 0.9])) < 0.01)                 # expect: true
let spread = net(x)[:, 2] - net(x)[:, 0]
print(spread[argmax(x[:, 0])] > 2 * spread[argmin(x[:, 0])])    # expect: true
