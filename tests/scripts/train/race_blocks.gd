# Every entry of a race begins with what blocks change as it was before; what the winner's blocks left stays.
let (lam, seen, w) = (1, [], param(1.0))
let r = race w { loss: w^2 + lam; optimizers: (a: GD(lr: 0.1), b: GD(lr: 0.1), c: GD(lr: 0.2)); epochs: 3; each_epoch: { lam = lam / 2; seen = push(seen, loss) }; quiet: true }
print(r.a.loss == r.b.loss)               # expect: [true, true, true]
print(r.winner, lam, len(seen), abs(seen[2] - r.c.loss[2]) < 1e-6)   # expect: c 0.125 3 true
let (net, target) = (Dense(1, 1), Dense(1, 1))
let start = target.W * 1
let s = race net on x in [[1.0], [2.0]] { loss: mean((net(x) - target(x) - 1)^2); optimizers: (a: GD(lr: 0.1), b: GD(lr: 0.1), c: GD(lr: 0.001)); epochs: 8; halving: true; each_epoch: { assign(target, net) }; quiet: true }
print(len(s.a.loss), s.a.loss[0:2] == s.b.loss[0:2])   # expect: 8 [true, true]
print(target.W == net.W, target.W == start)   # expect: [[true]] [[false]]
