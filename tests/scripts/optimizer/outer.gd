# An assignment in an optimizer's body to a variable around it runs in every step, as in a loss.
let (made, sums) = (0, [])
optimizer Growing(lr = 0.1) {
  state seen: shared = 0
  fn total(p, g) = sum(g)
  fn once(total) {
    seen = seen + total
    sums = push(sums, t)
  }
  fn step(p, g) {
    made += 1
    p = p - lr * made * g
  }
}
let w = param([1, 2])
train w { loss: sum(w); optimizer: Growing(); steps: 4; quiet: true }
print(made, "{w + 1:.1f}", len(sums))   # expect: 4 [1.0, 2.0] 4

# also where the gradient is taken elsewhere
let asked = 0
optimizer Ahead(inner) {
  fn ahead(p, g) {
    asked += 1
    p + 0.1 * asked * g
  }
  fn step(p, g) { p = inner.step(p, g) }
}
train w { loss: sum(w^2); optimizer: Ahead(GD(lr: 0.1)); steps: 3; quiet: true }
print(asked)   # expect: 3
