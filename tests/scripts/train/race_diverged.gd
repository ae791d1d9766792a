# A run that diverges is told and passed over; if all do, the values of before are back.
# expect stderr: `wild` diverged after
let w = param([1.0, 2.0])
let r = race w { loss: sum(w^2); optimizers: (wild: GD(lr: 1e30), tame: GD(lr: 0.1)); steps: 30; quiet: false }
print(r.winner, r.wild.stopped, r.tame.stopped, r.wild.steps < 30)   # expect: tame diverged steps true
print(number(sum(w^2)) < 0.01)                                      # expect: true
assign(w, [1, 2])
let all_wild = attempt(fn() { race w { loss: sum(w^2); optimizers: (a: GD(lr: 1e30), b: GD(lr: 1e31)); steps: 30 } })
print(all_wild.ok, all_wild.error)   # expect: false every entry of the race diverged: the values are those from before it
print(w)                             # expect: [1, 2]
# one seed of two that diverges puts the entry behind; and a script may want the error
let strict = attempt(fn() { race w { loss: sum(w^2); optimizers: (a: GD(lr: 1e30), b: GD(lr: 0.1)); steps: 30; on_divergence: "error" } })
print("NaN or infinite" in strict.error)   # expect: true
