# An assertion about the tensor or a state is asked when the tensor is stepped.
optimizer Flat(lr = 0.1) {
  assert(rank(p) == 1, "rank 1 is expected")   # expect error: rank 1 is expected
  fn step(p, g) { p = p - lr * g }
}
let w = param([[1, 2]])
train w { loss: sum(w^2); optimizer: Flat(); steps: 1; quiet: true }
