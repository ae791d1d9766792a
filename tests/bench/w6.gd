# W6: an optimizer's step over ten million parameters: the library's Adam, one that this script declares, SGD with momentum.
# As in the peers' programs the gradient is there already: custom_gradient gives it, and the loss reads one element.
# Prints microseconds a step.

seed(6)
let n = 10_000_000
let g = randn(n)

optimizer Own(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  state mean = 0
  state square = 0
  fn step(p, g) {
    mean = mean + (1 - beta1) * (g - mean)
    square = beta2 * square + (1 - beta2) * g * g
    p = p - lr * sqrt(1 - beta2^t) / (1 - beta1^t) * mean / (sqrt(square) + eps)
  }
}

fn measure(name, rule) {
  let p = param(randn(n))
  let given = custom_gradient(fn(p) = p[0], fn(p, y, dy) = g)
  fn go(steps) = train p { loss: given(p); optimizer: rule; steps: steps; quiet: true }
  go(2)
  let taken = [go(5).seconds, go(5).seconds, go(5).seconds]
  print("W6_{name} {sort(taken)[1] * 1e6 / 5:.1f}")
}

measure("adam", Adam())
measure("adam_own", Own())
measure("sgdm", SGD(lr: 0.01, momentum: 0.9))
