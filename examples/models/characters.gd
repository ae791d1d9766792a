# An LSTM and a GRU learn first names, and Shakespeare, letter by letter.
#
# Shows: rows of different lengths, and a text in windows whose state goes from one to the next
# (truncated backpropagation), sampling.
# Outcome: less than 2.1 nats a letter on names held out; with `--full true` also less than 1.9 on
# the last tenth of Shakespeare.

let full = option("full", false)
let folder = option("data", "{here}/../../../shared/data")
if not exists("{folder}/names.txt") {
  print("skipped: there is no {folder}/names.txt")
  exit(0)
}

model Speller(kind, letters, dim = 128) {
  let (table, out) = (Embedding(letters, 32), Dense(dim, letters))
  let cell = if kind == "LSTM" { LSTM(32, dim) } else { GRU(32, dim) }
  fn forward(x, lengths = none) = out(cell(table(x), lengths: lengths))
}

# Windows of texts that go on from one step to the next: the state is kept, gradients end there.
model Reader(kind, letters, texts, dim) {
  let net = Speller(kind, letters, dim)
  buffer h = zeros(1, texts, dim)
  buffer c = zeros(1, texts, dim)
  fn forward(x) {
    let (y, last) = net.cell.run(net.table(x), state: if kind == "LSTM" { (h, c) } else { h })
    if kind == "LSTM" { (h, c) = last } else { h = last }
    net.out(y)
  }
}

# names as rows of letters, 1 to 26, with 0 at both ends; -1 behind the end does not count
fn rows(names) {
  let alphabet = "abcdefghijklmnopqrstuvwxyz"
  let most = 1 + max([len(s) for s in names])
  let lines = [concat([find(alphabet, c) + 1 for c in s], zeros(1), -ones(most - len(s) - 1)) for s in names]
  i32(lines)
}

fn of_names(kind, epochs) {
  seed(6)
  let all = shuffle(dataset(rows(lines("{folder}/names.txt"))))
  let (rest, held) = split(all, rows: if full { 29000 } else { 6000 })
  fn cost(net, name) {
    let lengths = sum(i32(name >= 0), axis: 1) - 1
    cross_entropy(net(maximum(name[:, :-1], 0), lengths: lengths), name[:, 1:], ignore: -1)
  }
  let net = Speller(kind, 27)
  let steps = epochs * ceil(len(rest) / 64)
  train net on name in rest {
    loss: cost(net, name)
    optimizer: Adam(lr: one_cycle(8e-3, steps: steps))
    epochs: epochs; batch: 64; clip: (norm: 1)
    quiet: true
  }
  let nats = number(cost(net, held.x[:3000]))
  print("{kind}, names: {nats:.3f} nats a letter of those held out")
  nats
}

fn of_shakespeare(kind, epochs) {
  seed(7)
  let text = read("{folder}/tinyshakespeare.txt")
  let letters = Vocabulary(text)
  let codes = letters(text)
  let border = floor(0.9 * len(codes))
  let (texts, span, dim) = (64, 64, 256)
  # the text in 64 parts, a window of each for a step: [windows, texts, span + 1]
  let long = floor((border - 1) / texts)
  let count = floor(long / span)
  let from = (arange(count) * span)[:, none, none] + (arange(texts) * long)[none, :, none]
  let parts = codes[i32(from + arange(span + 1)[none, none, :])]
  let reader = Reader(kind, len(letters.table), texts, dim)
  train reader on part in parts {
    loss: cross_entropy(reader(part[0, :, :-1]), part[0, :, 1:])
    optimizer: Adam(lr: one_cycle(6e-3, steps: epochs * count))
    epochs: epochs; batch: 1; shuffle: false; clip: (norm: 1)
    quiet: true
  }
  let rest = codes[border:]
  let each = floor((len(rest) - 1) / 32)
  let (x, y) = (reshape(rest[:32 * each], 32, each), reshape(rest[1:32 * each + 1], 32, each))
  let nats = mean([number(cross_entropy(reader.net(x[i:i + 4]), y[i:i + 4])) for i in 0..28 by 4])
  print("{kind}, Shakespeare: {nats:.3f} nats a letter of the last tenth")
  nats
}

for kind in ["LSTM", "GRU"] {
  assert(of_names(kind, if full { 4 } else { 3 }) < 2.1)
  if full { assert(of_shakespeare(kind, 8) < 1.9) }
}
