# A step that reads some rows of a table makes the update for these rows; the values are those of the whole update, to the bit.
# `0 * sum(p)` makes a twin that must be made whole.
optimizer Whole(inner) { fn step(p, g) { p = inner.step(p, g) - 0 * sum(p) } }
model Net(rows) {
  param table = reshape(sin(arange(rows * 3)), rows, 3)
  param bias = reshape(cos(arange(rows)), rows)
  param w = [[1], [-0.5], [0.25]]
  fn forward(x) = (table[x[:, 0]] + 0.5 * table[-1 - x[:, 1]]) @ w + bias[x[:, 2]][:, none]   # one id may come several times
}
let x = i32((arange(120) * 37) % 1000)
let d = dataset(reshape(x, 40, 3), sin(arange(40))[:, none])
fn trained(o) {
  seed(3)
  let net = Net(1200)
  fn go(x, y) = mse(net(x), y)
  let h = list(
    train net on (x, y) in d { loss: go(x, y); optimizer: o; epochs: 1; batch: 9; clip: (norm: 0.3); average: ema(0.9); quiet: true },
    train net on (x, y) in d { loss: go(x, y); optimizer: o; steps: 2; batch: 16; clip: (value: 0.01); quiet: true },
    train net on (x, y) in d { loss: go(x, y); optimizer: o; epochs: 1; batch: 8; accumulate: 3; quiet: true },
    train on (x, y) in d { update net { loss: go(x, y); optimizer: o }; update net.table { loss: mean(net(x)^2); optimizer: GD(lr: 0.1) }; steps: 3; batch: 5; quiet: true },
    train net on (x, y) in d { loss: go(x, y); optimizer: o; epochs: 2; batch: 11; validate: d; keep: best(-val_loss); quiet: true })
  for k in 0..2 { update net { loss: go(d.x[k:k + 4], d.y[k:k + 4]); optimizer: o } }
  list(net.table * 1, net.bias * 1, net.w * 1, [t.step_loss[-1] for t in h])
}
fn same(make) = all([all(a == b) for (a, b) in zip(trained(make()), trained(Whole(make())))])
print(same(fn() = GD(lr: cosine(0.1, steps: 40))), same(fn() = Adagrad(lr: 0.1)))                     # expect: true true
print(same(fn() = SGD(lr: 0.1, momentum: 0.9, nesterov: true)), same(fn() = Adam(lr: one_cycle(0.1, steps: 40))))   # expect: true true
print(same(fn() = AdamW(lr: 0.1)), same(fn() = SparseAdam(lr: 0.1)), same(fn() = NAdam(lr: 0.01)))    # expect: true true true
# What is written to the table in between counts: by the script, by another optimizer, and where a step fails nothing is.
fn between(o) {
  let (net, other) = (Net(1200), Adam(lr: 0.3))
  for k in 0..16 {
    let x = d.x[k:k + 4 + k % 2]
    update net.table { loss: mean(net(x)^2); optimizer: o }
    if k % 4 == 1 { net.table = 1.5 * net.table + 0.25 }
    if k % 5 == 2 { update net.table { loss: sum(sin(net.table)); optimizer: other } }
    if k % 4 == 3 { attempt(fn() { update net.table { loss: mean(net(x)) / 0; optimizer: o } }) }
  }
  net.table * 1
}
fn equal(make) = all(between(make()) == between(Whole(make())))
print(equal(fn() = SGD(lr: 0.1, momentum: 0.9)), equal(fn() = Adam(lr: 0.1)), equal(fn() = GD(lr: 0.1)))   # expect: true true true
