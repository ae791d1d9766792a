# What a step returns is not used: one that assigns nothing would train nothing.
optimizer Returns(lr = 0.1) {
  fn step(p, g) = p - lr * g   # expect error: `step` never assigns `p`, so it would train nothing
}
# status: 65
