# Digits as if written by hand, by the dense classifier 784-10-10 and stochastic gradient descent.
#
# Shows: images as rows, minibatches, progress, validation, a file with the trained model.
# Outcome: accuracy above 0.90 on digits it has never seen.  gd draws them: nothing is downloaded.

seed(9)

let drawn = digits(10000)   # x [10000, 28, 28] from 0 to 1, y the digits
# Dense wants rows of numbers: `flatten` keeps the first axis and makes the other two one of 784.
let (train_set, test_set) = split(dataset(flatten(drawn.x), drawn.y), 0.8)

model Net(hidden = 10) {
  let first = Dense(784, hidden)
  let last = Dense(hidden, 10)
  # No softmax at the end: cross_entropy takes logits, and works out both together without overflow.
  fn forward(x: [N, 784]) -> [N, 10] = x |> first |> relu |> last
}

let net = Net()
print("{count(net)} numbers to train on {len(train_set)} digits, {len(test_set)} held out")

let history = train net on (x, y) in train_set {
  loss: cross_entropy(net(x), y)
  optimizer: SGD(lr: 0.02, momentum: 0.9)
  epochs: 15
  batch: 32
  validate: test_set
  metrics: (accuracy: accuracy(net(x), y))
}

let held_out = accuracy(net(test_set.x), test_set.y)
print("loss {history.loss[0]:.3f} in the first epoch, {history.loss[-1]:.3f} in the last")
if len(args) > 0 { save(net, args[0]) }
assert(held_out > 0.9)
print("accuracy {held_out:.3f} on {len(test_set)} held-out digits")
