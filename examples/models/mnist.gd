# Handwritten digits by a convolutional net and by a residual net with batch norm.
#
# Shows: Residual, BatchNorm, GlobalPool, a falling rate, a loop over models; `--full true`.
# Outcome: the convolutional net is right on more than 98 % of drawn digits it never saw; in full,
# both are right on more than 97.5 % of 2,000 digits of MNIST after learning from the other 8,000.

let full = option("full", false)
let folder = option("data", "{here}/../../../shared/data")

fn conv() = chain(
  Conv2d(1, 16, 5, padding: 2), relu, MaxPool2d(2),
  Conv2d(16, 32, 5, padding: 2), relu, MaxPool2d(2),
  Flatten(), Dropout(0.3), Dense(32 * 7 * 7, 10))

model Block(inputs, outputs, stride) {   # He et al., "Deep Residual Learning", 2016
  let project = if stride == 1 { none } else { Conv2d(inputs, outputs, 1, stride: stride) }
  let body = Residual(chain(
    Conv2d(inputs, outputs, 3, stride: stride, padding: 1, bias: false), BatchNorm(outputs), relu,
    Conv2d(outputs, outputs, 3, padding: 1, bias: false), BatchNorm(outputs)), project: project)
  fn forward(x) = relu(body(x))
}

fn residual() = chain(
  Conv2d(1, 16, 3, padding: 1, bias: false), BatchNorm(16), relu,
  Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
  GlobalPool(), Dense(64, 10))

fn learn(name, net, rest, held, epochs) {
  let steps = epochs * ceil(len(rest) / 64)
  train net on (x, y) in rest {
    loss: cross_entropy(net(random_shift(x, 1)), y)
    optimizer: AdamW(lr: one_cycle(4e-3, steps: steps), weight_decay: 0.01)
    epochs: epochs; batch: 64
    quiet: true
  }
  let right = accuracy(net(held.x), held.y)
  print("{name}: {100 * right:.2f} % of {len(held)} held out, by {count(net)} numbers")
  right
}

seed(1)
let drawn = digits(if full { 9000 } else { 5000 })
let (rest, held) = split(dataset(drawn.x[:, none], drawn.y), rows: len(drawn) - 1000)
assert(learn("drawn digits, conv", conv(), rest, held, if full { 8 } else { 4 }) > 0.98)
if full and exists("{folder}/t10k-images-idx3-ubyte.gz") {
  let images = f32(idx("{folder}/t10k-images-idx3-ubyte.gz"))[:, none] / 255
  let all = shuffle(dataset(images, i32(idx("{folder}/t10k-labels-idx1-ubyte.gz"))))
  let (rest, held) = split(all, rows: 8000)
  assert(learn("MNIST, conv", conv(), rest, held, 10) > 0.975)
  assert(learn("MNIST, residual", residual(), rest, held, 6) > 0.975)
}
