# Metrics of a net with `shards:` and the whole set as the minibatch: after a resume, and in a race.
# args: {tmp}
seed(1)
let data = dataset(randn(12, 3), randint(0, 2, 12))
fn go(name, epochs, resume, batch) {
  seed(2)
  let net = Dense(3, 2)
  (train net on (x, y) in data { loss: cross_entropy(net(x), y); optimizer: SGD(lr: 0.1); epochs: epochs; batch: batch; shards: 2; metrics: (acc: accuracy(net(x), y)); checkpoint: "{args[0]}/{name}.ckpt"; resume: resume; quiet: true }).acc
}
let whole = go("whole", 3, false, 12)
go("part", 1, false, 12)
print(go("part", 3, true, 12) == whole)   # expect: [true, true, true]
let net = Dense(3, 2)
let r = race net on (x, y) in data { loss: cross_entropy(net(x), y); optimizers: (only: SGD(lr: 0.1)); epochs: 2; shards: 2; metrics: (acc: accuracy(net(x), y)); quiet: true }
print(len(r.only.acc))   # expect: 2
