# A decoder reads an encoder: the sequence backwards.
seed(1)
let (n, t) = (64, 5)
let x = randint(0, 6, n, t)
model Reverse() {
  let (words, places) = (Embedding(7, 24), Positions(8, 24))
  let (encoder, decoder) = (TransformerBlock(24, 2), TransformerBlock(24, 2, causal: true, cross: true))
  fn forward(x, before) = decoder(places(words(before)), memory: encoder(places(words(x)))) @ words.table'
}
let net = Reverse()
let y = x[:, ::-1]
let before = concat(full(n, 1, value: 6), f32(y[:, :-1]), axis: 1)
let h = train net { loss: cross_entropy(net(x, before), y); optimizer: Adam(lr: 0.01); steps: 150; quiet: true }
print(h.loss[-1] < 0.1)                            # expect: true
