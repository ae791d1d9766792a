# minibatches of as many rows as there are classes, a rest of one row: no axis is taken for another
precision(f64)
seed(8)
let x = randn(13, 3)
let y = randint(0, 3, 13)
let net = Dense(3, 3)
let h = train net on (x, y) in dataset(x, y) {
  loss: cross_entropy(net(x), y); optimizer: Adam(); epochs: 1; batch: 3; validate: dataset(x, y); quiet: true
  metrics: (f1: f1(net(x), y), gram: trace(net(x)' @ net(x)), turned: max(reshape(net(x)', -1)), ups: max(flip(net(x), axis: 0)[0]), last: sum(net(x)[-1]))
}
let p = net(x)
fn near(a, b) = abs(a - b) < 1e-12
print(near(h.val_f1[0], f1(p, y)), near(h.val_gram[0], trace(p' @ p)), near(h.val_turned[0], max(p)))   # expect: true true true
print(near(h.val_ups[0], max(p[-1])), near(h.val_last[0], sum(p[-1])))                                 # expect: true true
