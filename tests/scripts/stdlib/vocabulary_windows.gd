# Windows of a text that is not copied: rows are where they start.  It learns that after "ab" comes "c".
seed(3)
let text = join(map(fn(i) = "abcd", 1..50))
let v = Vocabulary(text)
let ids = v.encode(text)
model Next() {
  let (embed, out) = (Embedding(4, 8), Dense(16, 4))
  fn forward(x: [N, 2]) -> [N, 4] = out(flatten(embed(x)))
}
let net = Next()
train net on at in i32(arange(len(ids) - 2)) {
  loss: { let seen = ids[at[:, none] + i32(arange(3))[none]]; cross_entropy(net(seen[:, :2]), seen[:, 2]) }
  optimizer: Adam(lr: 0.05)
  epochs: 20
  batch: 20
  quiet: true
}
print(v.decode(argmax(net([v.encode("ab"), v.encode("da")]), axis: 1)))                  # expect: cb
