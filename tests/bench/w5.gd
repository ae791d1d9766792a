# W5: a small GPT of the library's layers: 4 blocks, 4 heads, width 128, 65 characters, 64 places, batches of 12, AdamW, the gradient clipped;
# or, large, GPT-2's 124 million parameters: 12 blocks, 12 heads, width 768, 50,257 tokens, batches of 4, not clipped.
# Prints microseconds a step. `gd w5.gd [SHARE or large]`: SHARE 0.1 makes a tenth of the steps.

seed(5)
let large = len(args) > 0 and args[0] == "large"
let share = if len(args) > 0 and not large { number(args[0]) } else { 1 }

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

let classes = if large { 50257 } else { 65 }
let net = if large { Gpt(classes, 64, 768, 12, 12) } else { Gpt(classes, 64, 128, 4, 4) }
let rows = if large { 400 } else { 1200 }
let data = dataset(randint(0, classes, rows, 64), randint(0, classes, rows, 64))
let count = maximum(1, floor(share * if large { 4 } else { 20 }))
fn error(x, y) = cross_entropy(reshape(net(x), -1, classes), reshape(y, -1))
let rule = AdamW(lr: 1e-3, weight_decay: 0.1)
fn go(steps) = if large {
  train net on (x, y) in data { loss: error(x, y); optimizer: rule; batch: 4; steps: steps; quiet: true }
} else {
  train net on (x, y) in data { loss: error(x, y); optimizer: rule; clip: (norm: 1); batch: 12; steps: steps; quiet: true }
}
go(2)
let taken = [go(count).seconds, go(count).seconds, go(count).seconds]
print("W5_{if large { "gpt2" } else { "gpt" }} {sort(tensor(taken))[1] * 1e6 / count:.1f}")
