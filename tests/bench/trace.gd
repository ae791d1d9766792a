# What a step costs when it is traced each time: `update` in a hand-written loop, and value_and_grad called from one, on
# data so small that tracing is most of it.  Beside each, as _plan, the same plan run within one `train`, which is traced once.
# Prints microseconds a step.  With an argument each loop is run once: for --dump=grad, which says how many nodes are recorded.

seed(3)
let once = len(args) > 0

fn median(steps, go) {
  go(if once { 1 } else { steps })
  if once { return 0 }
  let taken = [time(fn() = go(steps)), time(fn() = go(steps)), time(fn() = go(steps)), time(fn() = go(steps)), time(fn() = go(steps))]
  sort(taken)[2] * 1e6 / steps
}

fn report(name, steps, loop, plan) {
  if once { print("# {name}") }
  let traced = median(steps, loop)
  if not once { print("{name} {traced:.4f}\n{name}_plan {median(steps, plan):.4f}") }
}

optimizer Still() {
  fn step(p, g) { }
}

# a line through 100 points, by plain gradient descent
let x = rand(100, 1)
let y = 2 * x + 3
let w = param(zeros(1, 1))
let b = param(zeros(1))
let descent = GD(lr: 0.1)
report("line", 2000,
  fn(steps) { for i in 1..steps { update w, b { loss: mse(x @ w + b, y); optimizer: descent } } },
  fn(steps) = train w, b { loss: mse(x @ w + b, y); optimizer: GD(lr: 0.1); steps: steps; quiet: true })

# about ten operations, and their gradient, over eight numbers
let p = param(randn(8))
fn curve(p) = sum(tanh(1.5 * p + 0.3) * sigmoid(p) - p^2)
report("short", 5000,
  fn(steps) { for i in 1..steps { value_and_grad(curve)(p) } },
  fn(steps) = train p { loss: curve(p); optimizer: Still(); steps: steps; quiet: true })

# about a hundred, with a loop in the function
fn chained(p) {
  let h = p
  for i in 1..25 { h = tanh(h * p - 0.5 * h) + p }
  sum(h)
}
report("long", 500,
  fn(steps) { for i in 1..steps { value_and_grad(chained)(p) } },
  fn(steps) = train p { loss: chained(p); optimizer: Still(); steps: steps; quiet: true })

# a perceptron of three layers, by Adam
let net = chain(Dense(4, 8), tanh, Dense(8, 8), tanh, Dense(8, 3))
let inputs = randn(16, 4)
let labels = i32(floor(3 * rand(16)))
let adam = Adam(lr: 1e-3)
report("mlp", 500,
  fn(steps) { for i in 1..steps { update net { loss: cross_entropy(net(inputs), labels); optimizer: adam } } },
  fn(steps) = train net { loss: cross_entropy(net(inputs), labels); optimizer: Adam(lr: 1e-3); steps: steps; quiet: true })
