# A branch of a step on the step's number is a branch of its plan.
precision(f64)
optimizer Every(lr = 0.1, n = 3) {
  state m = 0
  fn step(p, g) {
    if t % n == 0 { m = m + g }
    if t == 1 { m = g }
    p = p - lr * m
  }
}
let (q, o) = (param([3, -2]), Every())
train q { loss: sum(q^2); optimizer: o; steps: 7; quiet: true }
train q { loss: sum(q^2); optimizer: o; steps: 3; quiet: true }
let (x, m) = (f64([3, -2]), f64([0, 0]))
for t in 1..10 {
  let g = 2 * x
  if t % 3 == 0 { m = m + g }
  if t == 1 { m = g }
  x = x - 0.1 * m
}
print(all(q == x))   # expect: true
