# growth.gd CASE N — programs of a size, for growth.sh: each does something N times that should cost N times as much.

let n = number(args[1])

model Deep(layers) {
  fn forward(x) {
    let h = x
    for layer in layers { h = tanh(layer(h)) }
    h
  }
}

fn layers() {
  let list = []
  for i in 1..n { list = push(list, Dense(4, 4)) }
  let net = Deep(list)
  let x = randn(8, 4)
  train net { loss: mean(net(x)^2); optimizer: Adam(lr: 1e-3); clip: (norm: 1); steps: 1; quiet: true }
  copy(net)
}

fn params() {
  let list = []
  for i in 1..n { list = push(list, param([1, i])) }
  fn loss(list) {
    let s = 0
    for p in list { s = s + sum(p^2) * 1e-6 }
    s
  }
  train list { loss: loss(list); optimizer: SGD(lr: 1e-3, momentum: 0.9); steps: 1; quiet: true }
  grad(loss)(list)
}

# constants of the trace: each item of a list of tensors is a binding
fn constants() {
  let list = []
  for i in 1..n { list = push(list, [1, i]) }
  let p = param([0.5, 0.5])
  fn loss(p) {
    let s = 0
    for c in list { s = s + sum(p * c) }
    s
  }
  grad(loss)(p)
}

# two trees of n levels, with a leaf and a word beside each level
fn nested() {
  let t = (1,)
  let u = (1,)
  for _i in 1..n {
    t = ("left", (t,), 2)
    u = ("right", (u,), 3)
  }
  t + u
}

fn reads(part) {
  let x = param(rand(n, 32))
  grad(fn(x) {
    let s = 0
    for t in 0..n - 1 { s = s + sum(tanh(part(x, t))) }
    s
  })(x)
}

# a recurrence of n steps, differentiated once or twice
fn scanned(derivative) {
  let W = param(normal(8, 8, std: 0.1))
  let xs = rand(n, 2, 8)
  derivative(fn(W) = sum(scan(fn(h, x) { let new = tanh(x + h @ W); (new, new) }, zeros(2, 8), xs).1), W)
}

# a recurrence without a product: all of it, and its gradient, is one loop over the elements
fn elementwise() {
  grad(fn(x) {
    let h = x
    for i in 1..8 * n { h = tanh(0.9 * h + 0.1) }
    sum(h)
  })(rand(8))
}

# a table of n rows, of which a step reads four: what grows is making the table, and looking at it once
fn tabled() {
  let table = param(zeros(100 * n, 8) + 1)
  let x = i32(arange(1600) * 7 % 400)
  train on x in dataset(x) { loss: mean((table[x] - 1.5)^2); optimizer: Adam(lr: 1e-3); batch: 4; epochs: 10; quiet: true }
}

if args[0] == "tabled" { tabled() }
# a place of a whole is given a value in each turn
fn assigned() {
  grad(fn(x) {
    let y = zeros(n, 32)
    for t in 0..n - 1 { y[t] = tanh(x[t]) }
    sum(y^2)
  })(rand(n, 32))
}

if args[0] == "assigned" { assigned() }
if args[0] == "elementwise" { elementwise() }
if args[0] == "outputs" { jacobian(fn(x) = tanh(rand(n, 4) @ x))([0.1, 0.2, 0.3, 0.4]) }
if args[0] == "inputs" { jacobian(fn(x) = tanh(rand(4, n) @ x))(rand(n)) }
if args[0] == "scanned" { scanned(fn(f, W) = grad(f)(W)) }
if args[0] == "scanned_twice" { scanned(fn(f, W) = hvp(f, W, ones(8, 8))) }
if args[0] == "layers" { layers() }
if args[0] == "params" { params() }
if args[0] == "constants" { constants() }
if args[0] == "nested" { nested() }
if args[0] == "rows" { reads(fn(x, t) = x[t]) }
if args[0] == "windows" { reads(fn(x, t) = x[t:t + 3]) }
if args[0] == "elements" { reads(fn(x, t) = x[t, 3]) }
if args[0] == "gathered" { reads(fn(x, t) = x[i32([t, 0])]) }
if env("PEAK") != none { print(filter(lines("/proc/self/status"), fn(line) = starts_with(line, "VmHWM"))[0]) }
