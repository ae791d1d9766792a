# Both stand in the metrics of a training, over all rows of the epoch.
seed(8)
let d = blobs(90, centers: 2)
let net = Dense(2, 1)
let history = train net on (x, y) in d {
  loss: binary_cross_entropy(net(x), y[:, none])
  optimizer: Adam(lr: 0.0)
  batch: 40
  epochs: 1
  metrics: (off: calibration(net(x), y), area: average_precision(net(x), y))
  quiet: true
}
let s = net(d.x)
print(abs(history.off[0] - calibration(s, d.y)) < 1e-6, abs(history.area[0] - average_precision(s, d.y)) < 1e-6)   # expect: true true
