# Pruning: the small half of the weights held at 0 while the rest goes on learning.
seed(10)
let d = standardize(moons(400, noise: 0.1))
let net = chain(Dense(2, 32), tanh, Dense(32, 2))
fn fit(after) {
  let adam = Adam(lr: 0.01)
  for _ in 1..200 {
    update net { loss: cross_entropy(net(d.x), d.y); optimizer: adam }
    after()
  }
}
fit(fn() = none)
let masks = map(fn(p) = abs(p.1) >= sort(flatten(abs(p.1)[none]), axis: 1)[0, size(p.1) / 2], parameters(net))
fn prune() { for (p, mask) in zip(parameters(net), masks) { assign(p.1, where(mask, p.1, 0)) } }
prune()
fit(prune)
print(sum(net.parts.0.W == 0) == 32, accuracy(net(d.x), d.y) > 0.97)   # expect: true true
