# a metric that is better when higher, without the minus
let net = Dense(2, 2)
let d = dataset(randn(8, 2), [0, 1, 0, 1, 0, 1, 1, 0])
let fine = train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: GD(lr: 0.1); epochs: 2; metrics: (acc: accuracy(net(x), y)); validate: d; keep: best(1 - val_acc); stop: stalled(-acc, 5); quiet: true }
print(fine.epochs)    # expect: 2
train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: GD(lr: 0.1); epochs: 2; metrics: (acc: accuracy(net(x), y)); validate: d
  keep: best(val_acc)    # expect error: best(-val_acc)
  quiet: true }
