# Drawn digits by a small convolutional network, beside a dense one of about as many numbers.
#
# Shows: images [N, C, H, W], Conv2d, pooling, Flatten, `summary` with the shapes in between.
# Outcome: accuracy above 0.93 on digits never seen, and more than the dense net has.

seed(11)

let drawn = digits(2500)
# A convolution wants an axis for channels, of which these pictures have one.  `none` in an index
# makes a new axis: [N, 28, 28] becomes [N, 1, 28, 28].
let (train_set, test_set) = split(dataset(drawn.x[:, none], drawn.y), rows: 2000)

# Each of the 8 kernels looks for its own pattern of 5 by 5 pixels wherever it may stand.  Padding
# by 2 keeps the size, pooling halves it, so the next kernels see twice as far.  Dense wants rows of
# numbers: Flatten keeps the first axis and makes the others one.
let conv = chain(
  Conv2d(1, 8, 5, padding: 2), relu, MaxPool2d(2),
  Conv2d(8, 16, 5, padding: 2), relu, MaxPool2d(2),
  Flatten(), Dense(16 * 7 * 7, 10))
let dense = chain(Flatten(), Dense(784, 14), relu, Dense(14, 10))
summary(conv, test_set.x[:1])   # with an input it shows the output shape of each part

fn learn(net) {
  train net on (x, y) in train_set {
    loss: cross_entropy(net(x), y)
    optimizer: Adam(lr: 2e-3)
    epochs: 4
    batch: 50
    quiet: true
  }
  accuracy(net(test_set.x), test_set.y)
}

let (with, without) = (learn(conv), learn(dense))
if len(args) > 0 { save(conv, args[0]) }
print("accuracy {with:.3f} with convolutions, {without:.3f} without, by {count(dense)} numbers")
assert(with > 0.93 and with > without)
print("learned")
