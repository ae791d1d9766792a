# Eighteen trainings that are not the arena's: on these `lr: auto` was chosen, by choice.gd.  `workload(name)` and `run` are as in workloads.gd.
import "workloads.gd"

let names = ["friedman", "spirals", "cnn_noise", "gru", "sorting", "words", "denoise", "logistic", "residual", "waves", "flow", "wide", "deep", "mlp512", "gpt128", "conv64", "rnn", "bn250"]

let parts = workloads.parts
let run = workloads.run

fn friedman() {   # unscaled columns, a sum of a product, a square and lines
  let x = rand(1500, 10)
  let y = 10 * sin(pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5)^2 + 10 * x[:, 3] + 5 * x[:, 4] + 0.5 * randn(1500)
  let (seen, held) = parts(x, y, 1200)
  (make: fn() = chain(Dense(10, 48), relu, Dense(48, 48), relu, Dense(48, 1)), seen: seen, held: held, loss: fn(net, x, y) = mse(net(x)[:, 0], y), batch: 60, steps: 400, every: 10)
}

fn spiral() {
  let d = spirals(900, noise: 0.05)
  let (seen, held) = parts(d.x, d.y, 700)
  (make: fn() = chain(Dense(2, 32), tanh, Dense(32, 32), tanh, Dense(32, 2)), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 35, steps: 600, every: 10)
}

fn cnn_noise() {
  let d = digits(900)
  let x = avg_pool2d(reshape(d.x, 900, 1, 28, 28), 2)
  let (seen, held) = parts(x + 0.3 * randn(shape(x)), d.y, 700)
  (make: fn() = chain(Conv2d(1, 12, 5, padding: 2), BatchNorm(12), relu, MaxPool2d(2), Conv2d(12, 16, 3, padding: 1), relu, GlobalPool(), Dense(16, 10)), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 35, steps: 240, every: 10)
}

model Follow(width) {
  let (cells, head) = (GRU(1, width), Dense(width, 1))
  fn forward(x) = head(cells(x[:, :, none]))[:, :, 0]
}

fn gru() {   # the next value of two waves with noise
  let n = 900
  let (a, b) = (rand(n, 1) * 6, 0.5 + rand(n, 1))
  let t = reshape(arange(21), 1, -1)
  let x = sin(a + b * t) + 0.5 * cos(2 * a + 0.3 * t) + 0.05 * randn(n, 21)
  let (seen, held) = parts(x[:, :-1], x[:, 1:], 700)
  (make: fn() = Follow(20), seen: seen, held: held, loss: fn(net, x, y) = mse(net(x), y), batch: 35, steps: 300, every: 10)
}

model Sorter(letters, width, context) {
  let (table, places) = (Embedding(letters, width), Positions(context, width))
  let (first, second) = (TransformerBlock(width, 2), TransformerBlock(width, 2))
  let head = Dense(width, letters)
  fn forward(x) = x |> table |> places |> first |> second |> head
}

fn sorting() {   # six letters in their order
  let x = randint(0, 6, 1400, 6)
  let (seen, held) = parts(x, sort(x, axis: 1), 1200)
  (make: fn() = Sorter(6, 16, 6), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), i32(y)), batch: 40, steps: 400, every: 10)
}

model Words(n, dim) {
  let (inner, outer) = (Embedding(n, dim), Dense(dim, n))
  fn forward(x) = outer(inner(x))
}

fn words() {   # skip-grams of sixty words in twelve topics
  let n = 6000
  let topic = randint(0, 12, n)
  let (a, b) = (topic * 5 + randint(0, 5, n), topic * 5 + randint(0, 5, n))
  let other = where(rand(n) < 0.2, randint(0, 60, n), b)
  let (seen, held) = parts(i32(a), i32(other), 5000)
  (make: fn() = Words(60, 8), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 100, steps: 300, every: 10)
}

fn denoise() {
  let d = digits(1000)
  let x = flatten(avg_pool2d(reshape(d.x, 1000, 1, 28, 28), 2))
  let (seen, held) = parts(x + 0.2 * randn(shape(x)), x, 900)
  (make: fn() = chain(Dense(196, 80), relu, LayerNorm(80), Dense(80, 80), relu, Dense(80, 196)), seen: seen, held: held, loss: fn(net, x, y) = mse(net(x), y), batch: 45, steps: 300, every: 10)
}

fn logistic() {   # ill-conditioned columns
  let x = randn(1300, 30) * 10^linspace(0, -2, 30)
  let y = i32(x @ (randn(30) * 10^linspace(0, 2, 30)) + randn(1300) > 0)
  let (seen, held) = parts(x, y, 1000)
  (make: fn() = Dense(30, 2), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 50, steps: 400, every: 10)
}

model Deep(width, blocks) {
  let first = Dense(20, width)
  let inner = [(LayerNorm(width), Dense(width, width), Dense(width, width)) for k in 1..blocks]
  let last = Dense(width, 5)
  fn forward(x) {
    let h = first(x)
    for (norm, up, down) in inner { h = h + down(gelu(up(norm(h)))) }
    last(h)
  }
}

fn residual() {
  let centres = randn(40, 20)
  let c = randint(0, 40, 1500)
  let x = centres[c] + 0.6 * randn(1500, 20)
  let (seen, held) = parts(x, i32(c % 5), 1200)
  (make: fn() = Deep(32, 6), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 60, steps: 300, every: 10)
}

fn waves() {   # a curve by a net of sines
  let x = 2 * rand(800, 1) - 1
  let y = sin(12 * x) + 0.5 * cos(31 * x)
  let (seen, held) = parts(x, y, 600)
  (make: fn() = chain(Dense(1, 48), fn(h) = sin(6 * h), Dense(48, 48), sin, Dense(48, 1)), seen: seen, held: held, loss: fn(net, x, y) = mse(net(x), y), batch: 60, steps: 400, every: 10)
}

model Coupling(flipped) {
  let net = chain(Dense(1, 24), tanh, Dense(24, 2))
  fn forward(x) {
    let (a, b) = if flipped { (x[:, 1:], x[:, :1]) } else { (x[:, :1], x[:, 1:]) }
    let (s, m) = chunk(net(a), 2, axis: 1)
    let z = (b - m) * exp(-tanh(s))
    (if flipped { concat(z, a, axis: 1) } else { concat(a, z, axis: 1) }, -sum(tanh(s), axis: 1))
  }
}

model Flow() {
  let layers = [Coupling(k % 2 == 1) for k in 1..6]
  fn forward(x) {
    let (z, total) = (x, 0)
    for layer in layers {
      let (y, d) = layer(z)
      z = y
      total = total + d
    }
    mean(0.5 * sum(z^2, axis: 1) - total)
  }
}

fn flow() {
  let d = moons(1200, noise: 0.08)
  let (seen, held) = parts(d.x, d.y, 1000)
  (make: fn() = Flow(), seen: seen, held: held, loss: fn(net, x, y) = 2 + net(x) + 0 * sum(y), batch: 50, steps: 400, every: 10)
}

fn wide() {   # a large net on few rows, the whole of them at once
  let x = randn(260, 12)
  let y = tanh(x @ randn(12, 3)) @ randn(3)
  let (seen, held) = parts(x, y, 200)
  (make: fn() = chain(Dense(12, 256), relu, Dense(256, 1)), seen: seen, held: held, loss: fn(net, x, y) = mse(net(x)[:, 0], y), batch: 200, steps: 200, every: 10)
}

fn image(n) {
  let d = digits(n)
  (avg_pool2d(reshape(d.x, n, 1, 28, 28), 2), d.y)
}

fn deep() {   # eight layers of tanh, nothing to help them
  let x = randn(1000, 16)
  let y = i32(argmax(tanh(x @ randn(16, 24)) @ randn(24, 6), axis: 1))
  let (seen, held) = parts(x, y, 800)
  (make: fn() = chain(Dense(16, 40), tanh, Dense(40, 40), tanh, Dense(40, 40), tanh, Dense(40, 40), tanh, Dense(40, 40), tanh, Dense(40, 40), tanh, Dense(40, 40), tanh, Dense(40, 6)), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 40, steps: 400, every: 10)
}

fn mlp512() {
  let (x, y) = image(2200)
  let (seen, held) = parts(flatten(x) + 0.2 * randn(2200, 196), y, 2000)
  (make: fn() = chain(Dense(196, 512), relu, Dense(512, 512), relu, Dense(512, 10)), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 100, steps: 300, every: 10)
}

model GPT(letters, width, context) {
  let (table, places) = (Embedding(letters, width), Positions(context, width))
  let (first, second) = (TransformerBlock(width, 4, causal: true), TransformerBlock(width, 4, causal: true))
  let (norm, head) = (LayerNorm(width), Dense(width, letters))
  fn forward(x) = x |> table |> places |> first |> second |> norm |> head
}

fn gpt128() {   # sums of two digits, written out
  let n = 1200
  let (a, b) = (randint(0, 100, n), randint(0, 100, n))
  fn digits_of(x, k) = i32(floor(x / 10^k)) % 10
  let c = a + b
  let text = stack(digits_of(a, 1), digits_of(a, 0), digits_of(b, 1), digits_of(b, 0), digits_of(c, 0), digits_of(c, 1), digits_of(c, 2), axis: 1)
  let (seen, held) = parts(text[:, :-1], text[:, 1:], 1100)
  (make: fn() = GPT(10, 128, 6), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x)[:, 3:], y[:, 3:]), batch: 50, steps: 300, every: 10)
}

fn conv64() {
  let (x, y) = image(800)
  let (seen, held) = parts(x + 0.2 * randn(shape(x)), y, 700)
  (make: fn() = chain(Conv2d(1, 32, 3, padding: 1), relu, MaxPool2d(2), Conv2d(32, 64, 3, padding: 1), relu, MaxPool2d(2), Flatten(), Dense(576, 64), relu, Dense(64, 10)), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 50, steps: 200, every: 10)
}

model Parity(width) {
  let (cells, head) = (RNN(1, width), Dense(width, 2))
  fn forward(x) = head(cells(f32(x)[:, :, none])[:, -1])
}

fn rnn() {   # are there more ones in the first half of ten?
  let x = randint(0, 2, 1200, 10)
  let (seen, held) = parts(x, i32(sum(x[:, :5], axis: 1) > sum(x[:, 5:], axis: 1)), 1000)
  (make: fn() = Parity(32), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 50, steps: 300, every: 10)
}

fn bn250() {   # batch norm, large minibatches
  let x = randn(2300, 20) * 10^linspace(-1, 1, 20)
  let y = i32(sin(x[:, 8]) + tanh(x[:, 9] * x[:, 10]) + 0.02 * x[:, 19] > 0)
  let (seen, held) = parts(x, y, 2000)
  (make: fn() = chain(BatchNorm(20), Dense(20, 64), BatchNorm(64), relu, Dense(64, 64), BatchNorm(64), relu, Dense(64, 2)), seen: seen, held: held, loss: fn(net, x, y) = cross_entropy(net(x), y), batch: 250, steps: 200, every: 10)
}

let table = (friedman: friedman, spirals: spiral, cnn_noise: cnn_noise, gru: gru, sorting: sorting, words: words, denoise: denoise, logistic: logistic, residual: residual, waves: waves, flow: flow, wide: wide, deep: deep, mlp512: mlp512, gpt128: gpt128, conv64: conv64, rnn: rnn, bn250: bn250)

fn workload(name) {
  assert(name in names, "there is no workload {name}; they are {join(names, ", ")}")
  seed(7)
  table[name]()
}
