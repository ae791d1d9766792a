# A scheduled hyperparameter spoils a later step: it is named.
optimizer Mean(lr = 0.1, beta = fn(t) = if t == 2 { 1 } else { 0.5 }) {
  state m = 0
  fn step(p, g) {
    m = beta * m + (1 - beta) * g
    p = p - lr * m / (1 - beta^t)   # expect error: makes `w` NaN or infinite at step 3
  }
}
let w = param([1.0, 2.0])
train w { loss: sum(w^2); optimizer: Mean(); steps: 9; quiet: true }
