# An encoder reads a sequence, a decoder says it backwards: attention from the one to the other.
#
# Shows: TransformerBlock with `cross: true`, rows of different lengths, writing place by place.
# Outcome: all of 500 sequences of 4 to 8 letters, which it never saw, come back backwards.

seed(3)
let (letters, most) = (12, 8)
let (gap, start) = (letters, letters + 1)   # what stands behind the end, and before the beginning

fn sequences(n) {   # x [n, 8], the same backwards, and how many letters count
  let lengths = randint(4, most + 1, n)
  let place = arange(most)[none, :]
  let x = where(place < lengths[:, none], randint(0, letters, n, most), gap)
  let back = gather(x, maximum(lengths[:, none] - 1 - place, 0), axis: 1)
  (x, where(place < lengths[:, none], back, gap), lengths)
}

model Reverser(width = 64) {
  let (table, places) = (Embedding(letters + 2, width), Positions(most, width))
  let reads = TransformerBlock(width, 4)
  let writes = TransformerBlock(width, 4, causal: true, cross: true)
  let out = chain(LayerNorm(width), Dense(width, letters + 1))
  fn encode(x, lengths) = reads(places(table(x)), lengths: lengths)
  fn forward(x, y, lengths) {
    let before = concat(full(shape(y)[0], 1, value: start), y[:, :-1], axis: 1)
    out(writes(places(table(before)), memory: encode(x, lengths), memory_lengths: lengths))
  }
  fn answer(x, lengths) {   # place by place, each from the letters before it, which are kept
    let memory = encode(x, lengths)
    let (last, cache, told) = (full(shape(x)[0], 1, value: start), none, list())
    for t in 0..most - 1 {
      let here = places(table(last), start: t)
      let (h, now) = writes.step(here, cache, memory: memory, memory_lengths: lengths)
      (last, cache) = (argmax(out(h), axis: -1), now)
      told = push(told, last)
    }
    concat(told..., axis: 1)
  }
}

let net = Reverser()
let (x, y, n) = sequences(8000)
train net on (a, b, c) in dataset(x, y, n) {
  loss: cross_entropy(net(a, b, c), b)
  optimizer: Adam(lr: one_cycle(4e-3, steps: 2500))
  epochs: 20; batch: 64
  quiet: true
}
let (asked, wanted, lengths) = sequences(500)
let right = mean(f32(all(net.answer(asked, lengths) == wanted, axis: 1)))
print("{100 * right:.1f} % of 500 sequences come back backwards")
assert(right == 1)
