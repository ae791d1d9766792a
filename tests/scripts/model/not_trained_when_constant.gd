# A let is a constant, a buffer is kept but not trained, a param is trained.
model M() {
  param a = 1
  buffer b = 1
  let c = tensor(1)
  fn forward() = (a - 3)^2 + b + c
}
let m = M()
train m { loss: m(); optimizer: GD(lr: 0.25); steps: 60; quiet: true }
print("{m.a:.4f}", m.b, m.c, count(m))   # expect: 3.0000 1 1 1
