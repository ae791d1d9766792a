# Each run of a race has a copy of its optimizer with the library's schedules in it: every run begins where the others began.
let w = param([0])
let o = GD(lr: warmup(2, on_plateau(1, patience: 1)))
let r = race w { loss: 0 * sum(w); optimizers: (a: o); seeds: 3; steps: 6; quiet: true }
for h in r.a { print(h.lr) }
# expect: [0.5, 1, 0.5, 0.25, 0.125, 0.0625]
# expect: [0.5, 1, 0.5, 0.25, 0.125, 0.0625]
# expect: [0.5, 1, 0.5, 0.25, 0.125, 0.0625]
let s = race w { loss: k * sum(w); settings: (k: [0, 1e-9]); optimizer: o; steps: 6; quiet: true }
print(s["k: 0"].lr)   # expect: [0.5, 1, 0.5, 0.25, 0.125, 0.0625]
print(o.lr(6))        # expect: 1
