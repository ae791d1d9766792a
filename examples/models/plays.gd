# An LSTM and a GRU learn to write like Shakespeare: a text in windows that follow one another.
#
# Shows: a state that goes from one step to the next as a buffer (truncated backpropagation),
# `shuffle: false`.
# Outcome: less than 1.9 nats a letter on the text's last tenth, by each, with `--full true`; in
# short the LSTM alone, less than 2.5 after 60 windows.

let full = option("full", false)
let path = "{option("data", "{here}/../../../shared/data")}/tinyshakespeare.txt"
if not exists(path) {
  print("skipped: there is no {path}")
  exit(0)
}

# The state after a window is that before the next; gradients end there.
model Reader(kind, letters, texts, dim) {
  let (table, out) = (Embedding(letters, 32), Dense(dim, letters))
  let cell = if kind == "LSTM" { LSTM(32, dim) } else { GRU(32, dim) }
  buffer h = zeros(1, texts, dim)
  buffer c = zeros(1, texts, dim)
  fn forward(x) {
    let (y, last) = cell.run(table(x), state: if kind == "LSTM" { (h, c) } else { h })
    if kind == "LSTM" { (h, c) = last } else { h = last }
    out(y)
  }
  fn alone(x) = out(cell(table(x)))
}

let (texts, span, dim, epochs) = (64, 64, if full { 256 } else { 128 }, if full { 5 } else { 1 })
let text = read(path)
let letters = Vocabulary(text)
let codes = letters(text)
let border = floor(0.9 * len(codes))
# the first nine tenths in 64 parts, a window of each for a step: [windows, texts, span + 1]
let long = floor((border - 1) / texts)
let count = if full { floor(long / span) } else { 60 }
let from = (arange(count) * span)[:, none, none] + (arange(texts) * long)[none, :, none]
let parts = codes[i32(from + arange(span + 1)[none, none, :])]
# the last tenth in 32
let rest = codes[border:]
let each = floor((len(rest) - 1) / 32)
let (x, y) = (reshape(rest[:32 * each], 32, each), reshape(rest[1:32 * each + 1], 32, each))

for kind in if full { ["LSTM", "GRU"] } else { ["LSTM"] } {
  seed(7)
  let reader = Reader(kind, len(letters.table), texts, dim)
  train reader on part in parts {
    loss: cross_entropy(reader(part[0, :, :-1]), part[0, :, 1:])
    optimizer: Adam(lr: one_cycle(if full { 6e-3 } else { 2e-2 }, steps: epochs * count))
    epochs: epochs; batch: 1; shuffle: false; clip: (norm: 1)
    quiet: true
  }
  fn cost(i) = number(cross_entropy(reader.alone(x[i:i + 4]), y[i:i + 4]))
  let nats = mean([cost(i) for i in 0..28 by 4])
  print("{kind}: {nats:.3f} nats a letter of the last tenth")
  assert(nats < (if full { 1.9 } else { 2.5 }))
}
