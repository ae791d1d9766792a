# W5: a small GPT of the library's layers: 4 blocks, 4 heads, width 128, 65 characters, 64 places, batches of 12, AdamW, the gradient clipped.
# Prints microseconds a step. `gd w5.gd [SHARE]`: SHARE 0.1 makes a tenth of the steps.

seed(5)
let share = if len(args) > 0 { number(args[0]) } else { 1 }

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

let net = Gpt(65, 64, 128, 4, 4)
let data = dataset(randint(0, 65, 1200, 64), randint(0, 65, 1200, 64))
let count = maximum(1, floor(share * 20))
fn go(steps) = train net on (x, y) in data {
  loss: cross_entropy(reshape(net(x), -1, 65), reshape(y, -1))
  optimizer: AdamW(lr: 1e-3, weight_decay: 0.1)
  clip: (norm: 1)
  batch: 12
  steps: steps
  quiet: true
}
go(2)
let taken = [go(count).seconds, go(count).seconds, go(count).seconds]
print("W5_gpt {sort(tensor(taken))[1] * 1e6 / count:.1f}")
