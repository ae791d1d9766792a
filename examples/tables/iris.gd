# Fisher's irises: read, split by class, trained with early stop, saved with what the data was, and used again for raw rows.
#
# Outcome: accuracy of 0.9 or more on flowers held out, and the same numbers from the saved net.

seed(option("seed", 1))
let flowers = shuffle(csv(option("data", "{here}/../iris.csv"), target: "species"))
let (rest, test_set) = split(flowers, 0.8, by: flowers.y)
let (train_set, held) = split(rest, 0.85, by: rest.y)
let net = chain(Standardize(train_set), Dense(4, 16), relu, Dense(16, 3))
train net on (x, y) in train_set {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.02)
  epochs: 100
  batch: 16
  validate: held
  stop: stalled(val_loss, 15)
  quiet: true
}
let path = option("net", "iris.safetensors")
save(net, path, data: train_set)
save(select(test_set, test_set.names...), "{path}.csv")
let again = csv("{path}.csv", like: path)
assert(all(load(path)(again.x) == net(test_set.x)))
print("accuracy {accuracy(net(test_set.x), test_set.y):.3f} on {len(test_set)} held-out flowers")
