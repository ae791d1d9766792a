# A buffer has its new value from where it is assigned on, for a second call in the same step too; its storage changes with the step.
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
let twice = Counter()
train twice { loss: (twice(twice(1)) - 4)^2; optimizer: GD(lr: 0); steps: 3; quiet: true }
print(twice.seen)   # expect: 6

# What is read behind an assignment is the new value, and the gradient goes through it.
model Running() {
  param w = 3
  buffer total = 10
  fn forward(x) {
    total = total + w * x
    total * total
  }
}
let r = Running()
let before = update r { loss: r(2); optimizer: GD(lr: 0.01) }
print(before, r.total, "{r.w:.4f}")   # expect: 256 16 2.3600
# The value of the step before is a number to this one: d/dw (16 + 2w)^2 = 4 (16 + 2w).
update r { loss: r(2); optimizer: GD(lr: 0.01) }
print("{r.total:.2f} {r.w:.4f}")   # expect: 20.72 1.5312
# stop_gradient keeps the gradient out.
model Kept() {
  param w = 3
  buffer total = 10
  fn forward(x) {
    total = total + stop_gradient(w * x)
    total + w
  }
}
let k = Kept()
update k { loss: k(2); optimizer: GD(lr: 1) }
print(k.total, k.w)   # expect: 16 2
# grad outside of a training assigns when it is done; what it read before was the old value.
let g = Running()
print(grad(fn(w) = g.total * w + g(w))(1), g.total)   # expect: 88 13
