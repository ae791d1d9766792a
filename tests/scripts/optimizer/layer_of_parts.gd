# layer_of(p) is of one minibatch: where an update is of several, or of parts, it is refused rather than wrong or none.
let d = dataset(randn(12, 3), randn(12, 1))
let net = Dense(3, 1)
print(attempt(fn() = train net on (x, y) in d { loss: mse(net(x), y); optimizer: KFAC(); epochs: 1; shards: 2 }).error)   # expect: layer_of(p) is of one minibatch, and this step is of several or of parts
print(attempt(fn() = train net on (x, y) in d { loss: mse(net(x), y); optimizer: KFAC(); epochs: 1; batch: 6; accumulate: 2 }).error)   # expect: layer_of(p) is of one minibatch, and this step is of several or of parts
train net on (x, y) in d {
  loss: mse(net(x), y)
  optimizer: KFAC()   # expect error: layer_of(p) is of one minibatch, and this step is of several or of parts
  epochs: 1; shards: 1 }
