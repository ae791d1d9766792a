# what a model gives counts by rows, with the masks and the means of its minibatch
seed(9)
let d = dataset(randn(40, 3), randn(40, 1))
let net = chain(Dense(3, 8), BatchNorm(8), relu, Dropout(0.3), Dense(8, 1))
let h = train net on (x, y) in d {
  loss: mse(net(x), y) + 1e-3 * l2(net); optimizer: Adam(lr: 0.01); epochs: 3; batch: 12; validate: d; quiet: true
  metrics: (same: mse(net(x), y) + 1e-3 * l2(net), r2: r2(net(x), y))
}
print(all(abs(h.same - h.loss) < 1e-5), all(abs(h.val_same - h.val_loss) < 1e-5))   # expect: true true
print(abs(h.val_r2[-1] - r2(net(d.x), d.y)) < 1e-5)                                # expect: true
let words = randint(0, 5, 30, 4)
let table = chain(Embedding(5, 6), Dense(6, 5))
let s = train table on w in words {
  loss: cross_entropy(reshape(table(w), -1, 5), reshape(w, -1)); optimizer: Adam(); epochs: 1; batch: 8; validate: words; quiet: true
  metrics: (f1: f1(reshape(table(w), -1, 5), reshape(w, -1)), perplexity: perplexity(table(w), w))
}
print(abs(s.val_f1[0] - f1(table(words), words)) < 1e-5, abs(s.val_perplexity[0] - perplexity(table(words), words)) < 1e-4)   # expect: true true
