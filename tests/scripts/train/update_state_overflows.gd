# A state is told by its name, its optimizer and its parameter, though the parameter itself would be finite.
optimizer Counting(lr = 0.1) {
  state sum_ = 1
  fn step(p, g) {
    sum_ = sum_ * 1e20   # expect error: makes the state `sum_` of Counting for `w` NaN or infinite at step 2
    p = p - lr * g / (1 + sum_)
  }
}
let w = param([1.0, 2.0])
train w { loss: sum(w^2); optimizer: Counting(); steps: 9; quiet: true }
