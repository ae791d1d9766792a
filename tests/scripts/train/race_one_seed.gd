# With `seeds:` an entry is a list of histories, also of one; without it, a history.
let w = param([3, -2])
fn go(seeds) = race w { loss: sum(w^2); optimizers: (a: GD(lr: 0.1), b: GD(lr: 0.2)); seeds: seeds; steps: 5; quiet: true }
for n in 1..2 { let r = go(n); print(len(r.a), len(r.b), len(r.a[0].loss), r.winner) }
# expect: 1 1 5 b
# expect: 2 2 5 b
let r = race w { loss: sum(w^2); optimizers: (a: GD(lr: 0.1)); steps: 5; quiet: true }
print(len(r.a.loss))    # expect: 5
