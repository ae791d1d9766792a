# An LSTM and a GRU learn first names, letter by letter.
#
# Shows: rows of different lengths from lines of text, `ignore:`, a loop over kinds of layers.
# Outcome: less than 2.1 nats a letter on names held out; `--full true` learns from five times as
# many.

let full = option("full", false)
let path = "{option("data", "{here}/../../../shared/data")}/names.txt"
if not exists(path) {
  print("skipped: there is no {path}")
  exit(0)
}

model Speller(kind, letters, dim) {
  let (table, out) = (Embedding(letters, 32), Dense(dim, letters))
  let cell = if kind == "LSTM" { LSTM(32, dim) } else { GRU(32, dim) }
  fn forward(x, lengths) = out(cell(table(x), lengths: lengths))
}

# names as rows of letters, 1 to 26, with 0 at both ends; -1 behind the end does not count
fn rows(names) {
  let alphabet = "abcdefghijklmnopqrstuvwxyz"
  let most = 1 + max([len(s) for s in names])
  fn codes(s) = [find(alphabet, c) + 1 for c in s]
  i32([concat(codes(s), zeros(1), -ones(most - len(s) - 1)) for s in names])
}

fn cost(net, name) {
  let lengths = sum(i32(name >= 0), axis: 1) - 1
  cross_entropy(net(maximum(name[:, :-1], 0), lengths), name[:, 1:], ignore: -1)
}

for kind in ["LSTM", "GRU"] {
  seed(6)
  let all = shuffle(dataset(rows(lines(path))))
  let (rest, held) = split(all, rows: if full { 29000 } else { 6000 })
  let net = Speller(kind, 27, 128)
  let epochs = if full { 4 } else { 3 }
  train net on name in rest {
    loss: cost(net, name)
    optimizer: Adam(lr: one_cycle(8e-3, steps: epochs * ceil(len(rest) / 64)))
    epochs: epochs; batch: 64; clip: (norm: 1)
    quiet: true
  }
  let nats = number(cost(net, held.x[:3000]))
  print("{kind}: {nats:.3f} nats a letter of names held out")
  assert(nats < 2.1)
}
