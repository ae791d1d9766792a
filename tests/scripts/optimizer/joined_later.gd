# A tensor that joins an optimizer later counts its own steps: what starts at zero with it is corrected from there on.
fn alone(make, steps) {
  let w = param([1., -2])
  train w { loss: sum(w^2); optimizer: make(); steps: steps; quiet: true }
  w * 1
}
fn joined(make, steps) {
  let (o, head, w) = (make(), param([1.]), param([1., -2]))
  train head { loss: sum(head^2); optimizer: o; steps: 31; quiet: true }
  train head, w { loss: sum(head^2) + sum(w^2); optimizer: o; steps: steps; quiet: true }
  w * 1
}
fn same(make) = all([all(joined(make, n) == alone(make, n)) for n in [1, 2, 9]])
print(same(fn() = Adam(lr: 0.1)), same(fn() = Lookahead(Adam(lr: 0.1), k: 2)), same(fn() = AdaBelief(lr: 0.1)))   # expect: true true true
# A schedule counts the optimizer's steps.
let o = GD(lr: fn(t) = if t < 3 { 0.1 } else { 0.01 })
let (a, b) = (param([1.]), param([1.]))
train a { loss: sum(a); optimizer: o; steps: 4; quiet: true }
train a, b { loss: sum(a) + sum(b); optimizer: o; steps: 1; quiet: true }
print(abs(1 - b[0] - 0.01) < 1e-6)   # expect: true
