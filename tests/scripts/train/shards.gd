# Parts whose gradients meet, weighted by their rows, are one step over all of them.
precision(f64)
let x = arange(10)[:, none]
let d = dataset(x, 3 * x + 1)
fn go(batch, by, parts, optimizer) {
  let w = param(0.5)
  let h = train w on (a, b) in d { loss: mse(w * a, b); optimizer: optimizer; epochs: 3; batch: batch; accumulate: by; shards: parts; clip: (norm: 20); metrics: (m: max(w * a)); shuffle: false; quiet: true }
  (w * 1, h)
}
fn near(a, b) = abs(a - b) < 1e-12
let (one, h) = go(4, 1, 1, SGD(lr: 0.001, momentum: 0.9))
let same = true
for parts in [2, 3, 4] {
  let (two, k) = go(4, 1, parts, SGD(lr: 0.001, momentum: 0.9))
  same = same and near(one, two) and near(h.loss[2], k.loss[2]) and near(h.m[2], k.m[2]) and k.steps == 9
}
print(same)   # expect: true
let (four, n) = go(2, 2, 2, SGD(lr: 0.001, momentum: 0.9))
print(near(one, four), n.steps)   # expect: true 9
# methods that look elsewhere for the gradient, or at the step's own loss
for make in [fn() = ScheduleFree(lr: 0.01), fn() = SAM(SGD(lr: 0.001)), fn() = Prodigy()] {
  let (a, _) = go(4, 1, 1, make())
  let (b, _) = go(4, 1, 2, make())
  same = same and abs(a - b) < 0.01 and abs(a - 0.5) > 1e-9
}
print(same)   # expect: true
