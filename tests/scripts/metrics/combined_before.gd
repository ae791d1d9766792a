# A metric that combines rows before it calls a model is that of minibatches: this is told, and nothing else is.
let d = dataset(reshape(arange(24), 8, 3) / 8, arange(8))
let net = chain(Dense(3, 4), BatchNorm(4), tanh, Dense(4, 1))
fn centred(x) = mean(net(x - mean(x, axis: 0)))
let h = train net on (x, y) in d {
  loss: mse(net(x)[:, 0], y)
  optimizer: SGD(lr: 0.01)
  epochs: 2
  batch: 3
  metrics: (
    plain: mean(net(x)),
    moved: mean(net(2 * x - 1 + 0.1 * randn(shape(x)))),
    twice: r2(net(x)[:, 0], y),
    a: centred(x),                                  # expect stderr: this metric combines rows before it calls a model
    b: mean(net(concat(x[:1], x[:-1])))             # expect stderr: this metric combines rows before it calls a model
  )
  quiet: true
}
print(len(h.a))                                     # expect: 2
