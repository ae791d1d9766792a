# A training that is watched makes the same bits, and leaves its optimizer and the draws as they are.
fn made(watched) {
  seed(3)
  let d = moons(90, noise: 0.1)
  let net = chain(Dense(2, 8), relu, Dropout(0.2), Dense(8, 2))
  let adam = Adam(lr: 1e-5)
  for round in 1..2 {
    train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: adam; epochs: 30; batch: 16; clip: (norm: 1); health: watched; quiet: true }
  }
  (net, rand(3))
}
let (a, u) = made(true)
let (b, v) = made(false)
for ((_, p), (_, q)) in zip(parameters(a), parameters(b)) { assert(all(copy(p) == copy(q))) }
print(all(u == v))   # expect: true
