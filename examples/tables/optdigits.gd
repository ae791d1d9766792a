# Digits written by hand, 8 x 8 counts without a header, the class in the last column: `gd optdigits.gd --data 'optdigits.*.csv'` (UCI, Optical Recognition).
#
# Outcome: accuracy of 0.95 or more on digits held out; several files that fit a pattern are read as one.

seed(option("seed", 1))
let path = option("data", "{here}/optdigits.tra.csv")
if not attempt(fn() = csv(path, header: false)).ok { print("optdigits: no table, --data FILE names one"); exit(0) }

let digits_read = shuffle(csv(path, header: false, target: -1, kinds: dict(("64", "class"))))
let (rest, test_set) = split(digits_read, 0.8, by: digits_read.y)
let (train_set, held) = split(rest, 0.9, by: rest.y)
let net = chain(Standardize(train_set), Dense(64, 64), relu, Dense(64, 10))
train net on (x, y) in train_set {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.003)
  epochs: 40
  batch: 64
  validate: held
  stop: stalled(val_loss, 5)
  quiet: true
}
save(net, option("net", "optdigits.safetensors"), data: train_set)
print("accuracy {accuracy(net(test_set.x), test_set.y):.3f} on {len(test_set)} held-out digits")
