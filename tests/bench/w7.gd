# W7: L = sum(tanh(a x + b) sigmoid(x) - x^2) and its gradient in x, a and b, for ten million elements and for a thousand.
# Within one `train` (whose optimizer leaves all as it is: sum and gradient are what is measured), and, as _host, by
# value_and_grad called from a loop.  Prints microseconds.

seed(7)

model Curve(n) {
  param x = randn(n)
  param a = 1.5
  param b = 0.3
  fn forward() = sum(tanh(a * x + b) * sigmoid(x) - x^2)
}

optimizer Still() {
  fn step(p, g) { }
}

fn measure(name, n, steps) {
  let curve = Curve(n)
  fn go() = train curve { loss: curve(); optimizer: Still(); steps: steps; quiet: true }
  go()
  let taken = [go().seconds, go().seconds, go().seconds, go().seconds, go().seconds]
  print("W7_{name} {sort(taken)[2] * 1e6 / steps:.3f}")

  let both = value_and_grad(fn(c) = c())
  fn calls() { for i in 1..steps { both(curve) } }
  calls()
  let held = [time(calls), time(calls), time(calls)]
  print("W7_{name}_host {sort(held)[1] * 1e6 / steps:.3f}")
}

measure("1e7", 10_000_000, 3)
measure("1e3", 1000, 2000)
