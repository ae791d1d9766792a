# Which optimizer?  Five on the same net, from the same values over the same batches, three seeds.
#
# Shows: `race` with `seeds:`, an entry that diverges; a grid of settings with `halving:`.
# Outcome: the winner is right in more than 95 % of the held-out points; the wild one diverged.

seed(11)
let (rest, held) = split(shuffle(moons(400, noise: 0.15)), 0.75)

model Net(hidden = 16) {
  let first = Dense(2, hidden)
  let second = Dense(hidden, 2)
  fn forward(x: [N, 2]) -> [N, 2] = x |> first |> tanh |> second
}

let net = Net()
let r = race net on (x, y) in rest {
  loss: cross_entropy(net(x), y)
  optimizers: (sgd: SGD(lr: 0.1), momentum: SGD(lr: 0.1, momentum: 0.9), adam: Adam(lr: 0.02),
    rmsprop: RMSprop(lr: 0.01), wild: SGD(lr: 1e38))
  seeds: 3
  epochs: 30
  batch: 25
  validate: held
}
for name in ["sgd", "momentum", "adam", "rmsprop"] {
  print("{name:<9} {mean([h.val_loss[-1] for h in r[name]]):.3f}")
}
print("{r.winner} wins; the wild one: {r.wild[0].stopped} after {r.wild[0].steps} steps")
assert(r.winner != "wild" and accuracy(net(held.x), held.y) > 0.95)
plot(r, width: 60, height: 12)

# Twenty-four settings, of which half are dropped after 3, 6 and 12 of the 24 epochs.
let s = race net on (x, y) in rest {
  settings: (lr: [0.3, 0.1, 0.03, 0.01, 0.003, 0.001], width: [2, 4, 8, 16])
  make: { net = Net(hidden: width) }
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: lr)
  halving: true
  epochs: 24
  batch: 25
  validate: held
}
let epochs = sum([s[k].epochs for k in keys(s) if k != "winner"])
print("lr {s.winner.lr} and width {s.winner.width} win with {epochs} epochs of {24 * 24}")
assert(shape(net.first.W) == (2, s.winner.width) and epochs < 24 * 24 / 3)
