# What an optimizer does over all tensors: total, once and shared states.
precision(f64)
optimizer Least(floor = 0) {
  state rate: shared = 0
  fn total(p, g) = sum(g * g)
  fn once(total) { rate = (loss - floor) / total }
  fn step(p, g) { p = p - rate * g }
}
let (v, b) = (param([3, -2]), param(2))
train v, b { loss: sum((v - 1)^2) + b^2; optimizer: Least(); steps: 1; quiet: true }
print(v, b)              # expect: [2, -0.5] 1
let data = dataset([[1], [2], [3], [4]], [1, 2, 3, 5])
fn fit(o, rows) {
  let k = param(0)
  train k on (x, y) in data { loss: mean((x[:, 0] * k - y)^2); optimizer: o; steps: 3; batch: rows; accumulate: 4 / rows; shuffle: false; quiet: true }
  k
}
print(fit(Least(), 2) == fit(Least(), 4), fit(Cautious(Least()), 4) == fit(Least(), 4))   # expect: true true
optimizer Far(start = 0.5) {
  state began = p
  state most: shared = start
  state steps: shared = 0
  fn total(p, g) = (sum((p - began)^2), 1)
  fn once(total) { most = maximum(most, total.0); steps = steps + total.1 }
  fn step(p, g) { p = p - 0.1 * most * g / steps }
}
let (w, u, o) = (param([1, 1]), param(1), Far())
train w, u { loss: sum(w) + u; optimizer: o; steps: 2; quiet: true }
let half = 0.1 * 0.5 / 2
print(abs(w[0] - (1 - half - half / 2)) < 1e-12)   # expect: true
optimizer Bad() {
  state d: shared = 1
  fn once() { d = d + 1 }
  fn step(p, g) { d = d + 1; p = p - g }
}
print(attempt(fn() { train w { loss: sum(w^2); optimizer: Bad(); steps: 1; quiet: true } }).error)   # expect: `d` is shared by all tensors: assign it in `once`, not in `step`
