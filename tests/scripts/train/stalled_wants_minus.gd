# likewise in stop:, where the metric is scaled and has no name of its own
let net = Dense(2, 1)
train net on (x, y) in dataset(randn(8, 2), randn(8, 1)) {
  loss: mse(net(x), y); optimizer: GD(lr: 0.1); epochs: 2; quiet: true
  metrics: r2(net(x), y)
  stop: loss < 0 or stalled(100 * r2, 3)    # expect error: put a minus before it
}
