precision(f64)
optimizer Heavy(lr = 0.01, beta = 0.9) {
  state v = 0
  fn step(p, g) {
    v = beta * v + g
    p = p - lr * v
  }
}
fn run(o) {
  let w = param([1, -2])
  train w { loss: sum(w^4); optimizer: o; steps: 20; quiet: true }
  w * 1
}
print(max(abs(run(Heavy(lr: 0.01)) - run(SGD(lr: 0.01, momentum: 0.9)))) < 1e-14)   # expect: true
