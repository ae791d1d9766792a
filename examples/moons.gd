# Two half moons: a border that is not a line.
#
# Shows: made-up data, splitting, validation each epoch, metrics, keeping the best epoch.
# Outcome: accuracy above 0.97 on held-out points, where a linear model stays below 0.95.

seed(7)

let (train_set, test_set) = split(shuffle(moons(600, noise: 0.1)), 0.75)

fn fit(net, epochs) {
  train net on (x, y) in train_set {
    loss: cross_entropy(net(x), y)
    optimizer: Adam(lr: 0.01)
    epochs: epochs
    batch: 32
    validate: test_set
    metrics: (accuracy: accuracy(net(x), y))   # history.accuracy, and history.val_accuracy
    keep: best(val_loss)   # at the end the values go back to the epoch where this was lowest
    quiet: true
  }
}

let line = Dense(2, 2)
fit(line, 40)
let net = chain(Dense(2, 32), relu, Dense(32, 32), relu, Dense(32, 2))
let history = fit(net, 60)

let straight = accuracy(line(test_set.x), test_set.y)
let bent = accuracy(net(test_set.x), test_set.y)
print("a line {straight:.3f}, two hidden layers {bent:.3f} of {len(test_set)} held-out points")
assert(straight < 0.95 and bent > 0.97)
assert(history.val_loss[-1] < history.val_loss[0])
if len(args) > 0 { save(net, args[0]) }
print("learned")
