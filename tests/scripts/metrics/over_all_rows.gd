# the metrics of the library over a validation set in minibatches are those of the whole set
seed(7)
let x = randn(83, 3)
let y = i32(x[:, 0] - x[:, 1] > 1) + i32(x[:, 2] > 1.2)
let net = chain(Dense(3, 6), tanh, Dense(6, 3))
let h = train net on (x, y) in dataset(x, y) {
  loss: cross_entropy(net(x), y); optimizer: Adam(lr: 0.02); epochs: 2; batch: 16; validate: dataset(x, y); quiet: true
  metrics: (accuracy: accuracy(net(x), y), precision: precision(net(x), y), recall: recall(net(x), y), f1: f1(net(x), y),
    top: top_k(net(x), y, k: 2), perplexity: perplexity(net(x), y), auc: auc(net(x)[:, 1] - net(x)[:, 0], y == 1))
}
let p = net(x)
fn near(a, b) = abs(a - b) < 1e-5
print(near(h.val_accuracy[-1], accuracy(p, y)), near(h.val_precision[-1], precision(p, y)))   # expect: true true
print(near(h.val_recall[-1], recall(p, y)), near(h.val_f1[-1], f1(p, y)))                     # expect: true true
print(near(h.val_top[-1], top_k(p, y, k: 2)), near(h.val_perplexity[-1], perplexity(p, y)))   # expect: true true
print(near(h.val_auc[-1], auc(p[:, 1] - p[:, 0], y == 1)))                                    # expect: true
