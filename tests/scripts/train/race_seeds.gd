# With `seeds:` each entry is a list of histories; the first seed begins with the values of now, the others are built anew, for
# all entries alike; the winner is lowest in the mean, and the values are those of its best seed.
seed(1)
let d = moons(60, noise: 0.1)
let net = chain(Dense(2, 6), tanh, Dense(6, 2))
fn value() = number(cross_entropy(net(d.x), d.y))
let before = value()
let r = race net on (x, y) in d { loss: cross_entropy(net(x), y); optimizers: (a: Adam(lr: 0.05), b: Adam(lr: 0.001), still: GD(lr: 0)); seeds: 3; epochs: 8; validate: d }
print(len(r.a), len(r.b), r.winner)                                   # expect: 3 3 a
print([abs(r.a[s].loss[0] - r.b[s].loss[0]) < 1e-6 for s in 0..2])      # expect: [true, true, true]
print(abs(r.a[0].loss[0] - before) < 1e-6, r.a[1].loss[0] == r.a[0].loss[0], r.a[1].loss[0] == r.a[2].loss[0])   # expect: true false false
print(abs(value() - min([h.val_loss[-1] for h in r.a])) < 1e-6)          # expect: true
