# The arena's workloads: eight small trainings of made-up data.  `workload(name)` gives what a run needs: `make` (a new net), `seen` and
# `held` (data), `loss(net, x, y)`, `batch`, `steps` (of a trial) and `every` (steps between two looks at the held-out loss).

let names = ["regression", "mlp", "cnn", "lstm", "gpt", "vae", "recommender", "autoencoder"]

fn parts(x, y, rows) = (dataset(x[:rows], y[:rows]), dataset(x[rows:], y[rows:]))

fn pictures(n) {   # [n, 1, 14, 14]
  let d = digits(n)
  (avg_pool2d(reshape(d.x, n, 1, 28, 28), 2), d.y)
}

model Last(width) {
  let (cells, head) = (LSTM(2, width), Dense(width, 1))
  fn forward(x) = head(cells(x)[:, -1])[:, 0]
}

model GPT(letters, width, context) {
  let (table, places) = (Embedding(letters, width), Positions(context, width))
  let first = TransformerBlock(width, 4, causal: true)
  let second = TransformerBlock(width, 4, causal: true)
  let (norm, head) = (LayerNorm(width), Dense(width, letters))
  fn forward(x) = x |> table |> places |> first |> second |> norm |> head
}

model VAE(inner) {
  let encoder = chain(Dense(196, 64), relu, Dense(64, 2 * inner))
  let decoder = chain(Dense(inner, 64), relu, Dense(64, 196))
  fn forward(x) {
    let (middle, log_spread) = chunk(encoder(x), 2, axis: 1)
    let z = middle + exp(log_spread) * randn(shape(middle))
    let missed = sum(binary_cross_entropy(decoder(z), x, reduce: "none"), axis: 1)
    mean(missed + sum(0.5 * (middle^2 + exp(2 * log_spread) - 1) - log_spread, axis: 1))
  }
}

model Factors(users, items, dim) {
  param middle = 0
  let (user, item) = (Embedding(users, dim), Embedding(items, dim))
  fn forward(pair) = middle + 0.1 * sum(user(pair[:, 0]) * item(pair[:, 1]), axis: 1)
}

fn regression() {   # columns of very different scales
  let x = randn(1200, 40) * 10^linspace(0, -1.5, 40)
  let y = x @ (randn(40) * 10^linspace(0, 1.5, 40)) + 0.5 * sin(3 * x[:, 0]) + 0.1 * randn(1200)
  let (seen, held) = parts(x, y, 1000)
  (make: fn() = chain(Dense(40, 32), tanh, Dense(32, 1)), seen: seen, held: held, loss: fn(net, x, y) = mse(net(x)[:, 0], y), batch: 50, steps: 400, every: 10)
}

fn mlp() {
  let (x, y) = pictures(1200)
  let (seen, held) = parts(flatten(x), y, 1000)
  (make: fn() = chain(Dense(196, 64), relu, Dense(64, 64), relu, Dense(64, 10)), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 50, steps: 200, every: 10)
}

fn cnn() {
  let (x, y) = pictures(900)
  let (seen, held) = parts(x, y, 700)
  (make: fn() = chain(Conv2d(1, 8, 3, padding: 1), relu, MaxPool2d(2), Conv2d(8, 16, 3, padding: 1), relu, MaxPool2d(2), Flatten(), Dense(144, 10)), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 50, steps: 150, every: 10)
}

fn lstm() {   # the sum of the two marked numbers of eight
  let (n, long) = (1200, 8)
  let at = one_hot(randint(0, 4, n), long) + one_hot(randint(4, 8, n), long)
  let x = rand(n, long)
  let (seen, held) = parts(stack(x, at, axis: 2), sum(x * at, axis: 1), 1000)
  (make: fn() = Last(24), seen: seen, held: held, loss: fn(net, x, y) = mse(net(x), y), batch: 50, steps: 300, every: 10)
}

fn gpt() {   # text of a random rule: each letter by the two before it, one in ten by chance
  let (letters, long, n) = (8, 12, 700)
  let rule = randint(0, letters, letters * letters)
  let text = randint(0, letters, n, 2)
  for k in 1..long - 1 {
    let next = rule[text[:, -2] * letters + text[:, -1]]
    let chance = rand(n) < 0.1
    text = concat(text, where(chance, randint(0, letters, n), next)[:, none], axis: 1)
  }
  let (seen, held) = parts(text[:, :-1], text[:, 1:], 600)
  (make: fn() = GPT(letters, 24, long), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 30, steps: 200, every: 10)
}

fn vae() {
  let x = f32(flatten(pictures(1100)[0]) > 0.4)
  let (seen, held) = parts(x, x[:, 0], 1000)
  (make: fn() = VAE(6), seen: seen, held: held, loss: fn(net, x, y) = net(x) + 0 * sum(y), batch: 50, steps: 300, every: 10)
}

fn recommender() {
  let (users, items, n) = (120, 80, 7000)
  let pair = stack(randint(0, users, n), randint(0, items, n), axis: 1)
  let (a, b) = (randn(users, 3), randn(items, 3))
  let y = 1 + sum(a[pair[:, 0]] * b[pair[:, 1]], axis: 1) + 0.3 * randn(n)
  let (seen, held) = parts(pair, y, 6000)
  (make: fn() = Factors(users, items, 6), seen: seen, held: held, loss: fn(net, x, y) = mse(net(x), y), batch: 200, steps: 400, every: 10)
}

fn autoencoder() {
  let x = flatten(pictures(1100)[0])
  let (seen, held) = parts(x, x[:, 0], 1000)
  (make: fn() = chain(Dense(196, 64), tanh, Dense(64, 12), tanh, Dense(12, 64), tanh, Dense(64, 196), sigmoid), seen: seen, held: held, loss: fn(net, x, y) = mse(net(x), x) + 0 * sum(y), batch: 50, steps: 300, every: 10)
}

let table = (regression: regression, mlp: mlp, cnn: cnn, lstm: lstm, gpt: gpt, vae: vae, recommender: recommender, autoencoder: autoencoder)

fn workload(name) {
  assert(name in names, "there is no workload {name}; they are {join(names, ", ")}")
  seed(7)
  table[name]()
}

# One run: the held-out loss at every look, and the step of the first that is at most `target`; none: it did not come so far.
fn run(work, optimizer, start, steps, target) {
  seed(start)
  let net = work.make()
  let (looks, reached) = ([], none)
  let h = train net on (x, y) in work.seen {
    loss: work.loss(net, x, y)
    optimizer: optimizer
    batch: work.batch
    steps: steps
    on_divergence: "stop"
    quiet: true
    each_step: {
      if step % work.every == 0 {
        let now = number(work.loss(net, work.held.x, work.held.y))
        looks = push(looks, now)
        if now <= target { reached = step; break }
      }
    }
  }
  (looks: looks, reached: reached, diverged: h.stopped == "diverged", seconds: h.seconds)
}
