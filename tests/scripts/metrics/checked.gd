# check
# status: 0
# what can be had over an epoch passes, decisions and what is not known among them
let d = moons(60, noise: 0.1)
let net = chain(Dense(2, 3), Dropout(0.1), BatchNorm(3), Dense(3, 2))
let weights = ones(2) * number(args[0])
fn own(s, y) { let n = sum(argmax(s, axis: 1) == y); if n == 0 { 0 } else { n / len(y) } }
train net on (x, y) in d {
  loss: cross_entropy(net(x), y); optimizer: Adam(); epochs: 1; batch: 7; validate: d
  metrics: (f1: f1(net(x), y), auc: auc(net(x)[:, 1], y), own: own(net(x), y), w: mean(net(x) @ weights), size: l2(net))
}
