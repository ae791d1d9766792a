# What a body asserts of its hyperparameters is asked where the optimizer is made, with the `let`s and functions it needs.
optimizer Careful(lr = 0.1, beta = 0.9, strict = false) {
  let most = if strict { 0.5 } else { 1 }
  fn below(x) = x < most
  assert(lr >= 0, "lr must not be below 0, it is {lr}")
  assert(below(beta), "beta must be below {most}, it is {beta}")
  state v = 0
  assert(rank(v) <= 1)          # of a state: asked for each tensor
  fn step(p, g) {
    v = beta * v + g
    p = p - lr * v
  }
}
let w = param([1, 2])
print((train w { loss: sum(w^2); optimizer: Careful(beta: 0.7); steps: 2; quiet: true }).steps)   # expect: 2
let fine = Careful(beta: 0.4, strict: true)
let wrong = Careful(beta: 0.7, strict: true)   # expect error: beta must be below 0.5, it is 0.7
