# Assigning a buffer takes effect at the end of the step.
model Counter() {
  param w = 1
  buffer seen = 0
  fn forward(x) {
    if training { seen = seen + 1 }
    w * x
  }
}
let c = Counter()
train c { loss: (c(2) - 4)^2; optimizer: GD(lr: 0.1); steps: 7; quiet: true }
print(c.seen, "{c.w:.3f}")   # expect: 7 2.000
