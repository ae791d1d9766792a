# The rate that is best at width 64 serves at 1,024: under Mup it ends at most 1.3 times the best loss of a sweep there.
#
# `--kind gpt --wide 512` is a GPT (at most 1.05 times); without Mup the same is shown for contrast.

let (kind, wide, steps) = (option("kind", "mlp"), option("wide", 1024), option("steps", 200))

model Head(inputs, outputs) {
  param W = he_normal(inputs, outputs, base: 64)
  param b = zeros(outputs)
  fn forward(x) = x @ W + b
}

model GPT(letters, width, context) {
  let (table, places) = (Embedding(letters, width), Positions(context, width))
  let (first, second) = (TransformerBlock(width, 4, causal: true), TransformerBlock(width, 4, causal: true))
  let (norm, head) = (LayerNorm(width), Head(width, letters))
  fn forward(x) = x |> table |> places |> first |> second |> norm |> head
}

seed(7)
fn pictures(n) {
  let d = digits(n)
  dataset(flatten(avg_pool2d(reshape(d.x, n, 1, 28, 28), 2)), d.y)
}
fn text(n, letters, long) {   # each letter by a rule of the two before it, one in ten by chance
  let rule = randint(0, letters, letters * letters)
  let text = randint(0, letters, n, 2)
  for k in 1..long - 1 {
    let next = rule[text[:, -2] * letters + text[:, -1]]
    text = concat(text, where(rand(n) < 0.1, randint(0, letters, n), next)[:, none], axis: 1)
  }
  dataset(text[:, :-1], text[:, 1:])
}
let d = if kind == "gpt" { text(600, 8, 12) } else { pictures(2000) }
fn made(width) = if kind == "gpt" { GPT(8, width, 12) }
  else { chain(Dense(196, width), relu, Dense(width, width), relu, Head(width, 10)) }

fn ends(width, optimizer) {
  seed(3)
  let net = made(width)
  let h = train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: optimizer; steps: steps; batch: 50; on_divergence: "stop"; quiet: true }
  if h.stopped == "diverged" { inf } else { mean(h.step_loss[-20:]) }
}
let rates = 1e-3 * 2 ^ arange(-1, 6)
fn transfer(what, optimizer) {
  let (narrow, broad) = ([ends(64, optimizer(number(r))) for r in rates], [ends(wide, optimizer(number(r))) for r in rates])
  let k = argmin(narrow)
  let ratio = broad[k] / min(broad)
  print("{what}: at 64 {narrow:.4f}, at {wide} {broad:.4f}; the rate {rates[k]:.4f} ends at {ratio:.3f} times the best")
  number(ratio)
}
let with = transfer("Mup(Adam)", fn(r) = Mup(Adam(lr: r), base: 64))
transfer("Adam", fn(r) = Adam(lr: r))
assert(with <= (if kind == "gpt" { 1.05 } else { 1.3 }))
