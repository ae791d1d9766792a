# processes.gd MODEL PARTS STEPS — microseconds a step of a training on one or more processes, for processes.sh: the median of three runs.
# PARTS 0: without `shards:`.
let kind = args[0]
let parts = number(args[1])
let count = number(args[2])
seed(5)

model Gpt(classes, places, width, heads, layers) {
  param table = normal(classes, width, std: 0.02)
  let place = Positions(places, width)
  let blocks = map(fn(i) = TransformerBlock(width, heads, causal: true), 1..layers)
  let norm = LayerNorm(width)
  fn forward(x) {
    let h = place(table[x])
    for block in blocks { h = block(h) }
    norm(h) @ table'
  }
}
model Sequences {
  let cells = LSTM(32, 128)
  let out = Dense(128, 10)
  fn forward(x) = out(cells(x)[:, -1])
}
fn normed(inputs, outputs) = chain(Conv2d(inputs, outputs, 3, padding: 1, bias: false), BatchNorm(outputs))
fn residual(c) = chain(Residual(chain(normed(c, c), relu, normed(c, c))), relu)
fn lenet() = chain(
  Conv2d(1, 6, 5, padding: 2), relu, MaxPool2d(2), Conv2d(6, 16, 5), relu, MaxPool2d(2), Flatten(),
  Dense(400, 120), relu, Dense(120, 84), relu, Dense(84, 10),
)
fn res8() = chain(
  normed(3, 64), relu, residual(64), MaxPool2d(2), normed(64, 128), relu, residual(128), MaxPool2d(2), normed(128, 256), relu,
  GlobalPool(), Dense(256, 10),
)

let gpt = kind == "gpt"
let net = if gpt { Gpt(65, 64, 128, 4, 4) } else if kind == "res8" { res8() } else if kind == "lenet" { lenet() } else { Sequences() }
let x = if gpt { randint(0, 65, 1200, 64) } else if kind == "res8" { rand(512, 3, 32, 32) } else if kind == "lenet" { rand(1280, 1, 28, 28) } else { rand(1280, 28, 32) }
let data = dataset(x, if gpt { randint(0, 65, 1200, 64) } else { randint(0, 10, shape(x)[0]) })
fn flat(y) = if gpt { reshape(y, -1, 65) } else { y }
fn go(steps) = if parts > 0 {
  train net on (x, y) in data { loss: cross_entropy(flat(net(x)), reshape(y, -1)); optimizer: AdamW(lr: 1e-3); batch: if gpt { 16 } else { 64 }; shards: parts; steps: steps; quiet: true }
} else {
  train net on (x, y) in data { loss: cross_entropy(flat(net(x)), reshape(y, -1)); optimizer: AdamW(lr: 1e-3); batch: if gpt { 16 } else { 64 }; steps: steps; quiet: true }
}
go(2)
let taken = [go(count).seconds, go(count).seconds, go(count).seconds]
print("{sort(tensor(taken))[1] * 1e6 / count:.1f}")
