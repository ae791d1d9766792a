let d = dataset(reshape(arange(10), 10, 1), arange(10)[:, none] * 2)
let net = Dense(1, 1)
let h = train net on (x, y) in d {
  loss: mse(net(x), y)
  optimizer: SGD(lr: 0.001)
  epochs: 4
  batch: 3
  validate: d
  metrics: (error: rmse(net(x), y), mae(net(x), y))
  quiet: true
}
print(len(h.loss), len(h.step_loss), len(h.lr), h.steps, h.epochs)     # expect: 4 16 16 16 4
print(len(h.error), len(h.val_error), len(h.mae), len(h.val_loss))      # expect: 4 4 4 4
print(h.stopped, h.seconds > 0, h.val_loss[-1] < h.val_loss[0])         # expect: epochs true true
