# Every minibatch counts once for a buffer: under accumulate:, in a short rest, in several updates, in models of models; metrics and
# validation do not count.
model Counter(most = 100) {
  buffer seen = i32(0)
  buffer rows = 0
  fn forward(x) {
    seen = seen + 1
    rows = rows + len(x)
    x
  }
}
model Net() {
  param w = [1.0]
  let inner = chain(Counter(), Counter())
  fn forward(x) = inner(x) * w
}
let data = dataset(ones(7, 1), zeros(7, 1))
fn counted(per) {
  let net = Net()
  train net on (x, y) in data { loss: mse(net(x), y); optimizer: SGD(lr: 0.01); batch: 2; accumulate: per; epochs: 3; quiet: true }
  (net.inner.0.seen, net.inner.1.seen, net.inner.0.rows)
}
print(counted(1), counted(2), counted(3), counted(9))   # expect: (12, 12, 21) (12, 12, 21) (12, 12, 21) (12, 12, 21)

let net = Net()
let h = train net on (x, y) in data {
  loss:      mse(net(x), y)
  optimizer: SGD(lr: 0.01)
  batch:     2
  epochs:    2
  validate:  data
  metrics:   (same: mse(net(x), y), twice: mse(net(net(x)), y))
  quiet:     true
}
print(net.inner.0.seen, net.inner.0.rows)   # expect: 8 14

# Two updates of one training each count their own calls.
let (a, b) = (Net(), Net())
train on (x, y) in data {
  update a { loss: mse(a(x), y); optimizer: GD(lr: 0.01) }
  update b { loss: mse(b(a(x)), y); optimizer: GD(lr: 0.01) }
  epochs: 1; batch: 3; quiet: true
}
print(a.inner.0.seen, b.inner.0.seen)   # expect: 6 3
for i in 1..4 { update a { loss: mean(a(ones(2, 1))); optimizer: GD(lr: 0.01) } }
print(a.inner.1.seen)   # expect: 10

# A metric sees the buffers as the loss did.
model Drift() {
  param w = 1
  buffer offset = 0
  fn forward(x) {
    offset = offset + 1
    w * x + offset
  }
}
let d = Drift()
let seen = train d { loss: d(1); optimizer: GD(lr: 0); steps: 3; metrics: (first: d(1), again: d(1)); quiet: true }
print(seen.loss, seen.first, seen.again, d.offset)   # expect: [2, 3, 4] [2, 3, 4] [2, 3, 4] 3

# A BatchNorm used twice averages both calls in, one after the other: mean_ is 0.9 (0.9 * 0 + 0.1 * 4) + 0.1 * 20.
let norm = BatchNorm(1)
let w = param([1.0])
train w, norm on x in dataset([[3], [5]]) { loss: mean(norm(x) + norm(x * 5) + w); optimizer: GD(lr: 0); steps: 1; quiet: true }
print("{norm.mean_[0]:.4f}")   # expect: 2.3600
