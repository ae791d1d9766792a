# A GPT learns to write like Shakespeare, letter by letter.
#
# Shows: Vocabulary, windows of a text drawn anew in each step, `clip:`, generation with a cache.
# Outcome: 200 batches of the text's last tenth, which it never saw, cost less than 1.90 nats a
# letter after 2,000 steps of 12 windows; in short less than 2.6 after 150.  Text is sampled.

let full = option("full", false)
let path = "{option("data", "{here}/../../../shared/data")}/tinyshakespeare.txt"
if not exists(path) {
  print("skipped: there is no {path}")
  exit(0)
}

model GPT(letters, context = 64, width = 128, heads = 4, layers = 4) {
  param table = normal(letters, width, std: 0.02)
  let places = Positions(context, width)
  let blocks = [TransformerBlock(width, heads, causal: true) for _ in 1..layers]
  let norm = LayerNorm(width)
  fn scores(h) = norm(h) @ table'
  fn forward(x) {
    let h = places(table[x])
    for block in blocks { h = block(h) }
    scores(h)
  }
  fn step(x, start, caches) {
    let (h, next) = (places(table[x], start: start), list())
    for (block, cache) in zip(blocks, caches) {
      let (y, now) = block.step(h, cache)
      (h, next) = (y, push(next, now))
    }
    (scores(h), next)
  }
}

seed(4)
let (context, rows) = (64, 12)
let text = read(path)
let letters = Vocabulary(text)
let codes = letters(text)
let border = floor(0.9 * len(codes))
fn drawn(lo, hi) {   # windows that begin anywhere from lo on: [12, 65]
  let from = randint(lo, hi - context, rows)
  codes[from[:, none] + arange(context + 1)[none, :]]
}
let net = GPT(len(letters.table), context: context)
fn cost(line) = cross_entropy(net(line[:, :-1]), line[:, 1:])
let steps = if full { 2000 } else { 150 }
let h = train net {
  loss: cost(drawn(0, border))
  optimizer: AdamW(lr: warmup(100, cosine(2e-3, steps: steps)), weight_decay: 0.1, beta2: 0.98)
  clip: (norm: 1); steps: steps
  quiet: true
}
let held = mean([number(cost(drawn(border, len(codes)))) for _ in 1..if full { 200 } else { 20 }])
print("{held:.3f} nats a letter of the last tenth after {h.steps} steps")

let (x, caches, told) = (letters("\n")[none, :], [none for _ in 1..4], list())
for t in 0..context - 1 {
  let (scores, now) = net.step(x, t, caches)
  (x, caches) = (sample(scores[:, -1], temperature: 0.8, top_p: 0.95)[:, none], now)
  told = push(told, x)
}
print(letters.decode(concat(told..., axis: 1)[0]))
assert(held < (if full { 1.9 } else { 2.6 }))
