# A step that changes a shape is reported where it assigns, in `gd check` too.
optimizer Grows(lr = 0.1) {
  state v = 0
  fn step(p, g) {
    v = v + g
    if lr > 0 {
      p = ones(5)   # expect error: a step must keep shapes: p was [2] and became [5]
    }
  }
}
let w = param([1, 2])
train w { loss: sum(w^2); optimizer: Grows(); steps: 1 }
