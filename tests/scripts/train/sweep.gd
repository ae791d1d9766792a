# Rates from 1e-4 to 1e3 on five problems: a run that diverges is a cell of the table like any other, and the script runs to its end.
let rates = 10^linspace(-4, 3, 8)
seed(1)
let (x, labels) = (randn(200, 5), randint(0, 3, 200))
let y = x @ [1, -2, 0.5, 0, 3] + 0.1 * randn(200)

# What is trained and its loss, made anew for each run.
fn bowl() {
  let w = param([3, -2])
  (w, fn() = sum([1, 4] * (w - 1)^2))
}
fn valley() {
  let w = param([-1.2, 1])
  (w, fn() = (1 - w[0])^2 + 10 * (w[1] - w[0]^2)^2)
}
fn line() {
  let net = Dense(5, 1)
  (net, fn() = mse(net(x)[:, 0], y))
}
fn classes() {
  let net = Dense(5, 3)
  (net, fn() = cross_entropy(net(2 * x), labels))
}
fn curve() {
  let net = chain(Dense(5, 16), tanh, Dense(16, 1))
  (net, fn() = mse(net(x)[:, 0], sin(y)))
}

fn ends(made, rate) {
  seed(7)
  let (target, f) = made()
  let h = train target { loss: f(); optimizer: SGD(lr: rate, momentum: 0.5); steps: 100; on_divergence: "stop"; quiet: true }
  assert(isfinite(norm(if type(target) == "model" { target } else { (target,) })) and h.steps == len(h.step_loss))
  if h.stopped == "diverged" { inf } else { number(f()) }
}
for (name, made) in zip(["bowl", "valley", "line", "classes", "curve"], [bowl, valley, line, classes, curve]) {
  let row = [ends(made, number(r)) for r in rates]
  print("{name:<9}{join([if l == inf { "-" } else { "x" } for l in row], " ")}")
}
# expect: bowl     x x x x - - - -
# expect: valley   x x x - - - - -
# expect: line     x x x x x - - -
# expect: classes  x x x x x x x x
# expect: curve    x x x x - - - -

# restarts: the well at 1 is higher than that at -1; the lower one is found from every seed.
fn well(w) = (w^2 - 1)^2 + 0.3 * w
let found = 0
for s in 1..100 {
  seed(s)
  let w = param(2 * randn())
  train w { loss: well(w); optimizer: SGD(lr: 0.02, momentum: 0.5); steps: 60; restarts: 100; on_divergence: "stop"; quiet: true }
  if abs(w + 1.036) < 0.01 { found += 1 }
}
print(found)   # expect: 100
