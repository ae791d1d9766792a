# What a race cannot be, by attempt where it is found when it runs.
let w = param([1.0, 2.0])
fn why(f) = attempt(f).error
print(why(fn() { race w { loss: sum(w^2); steps: 2 } }))   # expect: `optimizers:` or `settings:` is missing: what should be compared?
print(why(fn() { race w { loss: sum(w^2); steps: 2; optimizers: (GD(lr: 0.1), Adam); } }))   # expect: `optimizers:` needs optimizers, one of these is only the declaration of one
print(why(fn() { race w { loss: sum(w^2); steps: 2; optimizers: (GD(lr: 0.1), 3); } }))   # expect ~ `optimizers:` needs optimizers.* number.*
print(why(fn() { race w { loss: sum(w^2); steps: 2; optimizer: Adam(); optimizers: (a: Adam()) } }))   # expect: `optimizer:` cannot be combined with `optimizers:`
print(why(fn() { race w { loss: sum(w^2); steps: 2; optimizers: (a: Adam()); settings: (lr: [1]); clip: (norm: lr) } }))   # expect: `optimizers:` and `settings:` cannot both be given
print(why(fn() { race w { loss: sum(w^2); steps: 2; optimizers: (winner: Adam(), b: Adam()) } }))   # expect: an entry cannot be called `winner`: the result has that name already
print(why(fn() { race w { loss: sum(w^2); stop: loss < 1; halving: true; optimizers: (a: Adam(), b: GD(lr: 0.1)) } }))   # expect: `halving:` needs `epochs:`, which it divides
print(why(fn() { race w { loss: sum(w^2); steps: 2; seeds: 0; optimizers: (a: Adam(), b: GD(lr: 0.1)) } }))   # expect ~ `seeds:` must be a whole number from 1.*
print(why(fn() { race on x in ones(3) { loss: sum(w^2) * mean(x); steps: 2; seeds: 2; optimizers: (a: Adam(), b: GD(lr: 0.1)) } }))   # expect: `seeds:` rebuilds the targets: they must be named
print(why(fn() { race w { settings: (lr: 1..1000, k: 1..1000); loss: sum(w^2) * k; steps: 2; optimizer: GD(lr: lr) } }))   # expect: these are 1000000 combinations, at most 10000 are run
print(why(fn() { race w { settings: (lr: []); loss: sum(w^2); steps: 2; optimizer: GD(lr: lr) } }))   # expect: this setting has no value to try
print(why(fn() { race w { loss: sum(w^2); steps: 2; plot: "a.pdf"; optimizers: (a: Adam()) } }))   # expect: pictures are saved as .svg or .png
print(why(fn() { race w { loss: sum(w^2); steps: 2; plot: (colour: 1); optimizers: (a: Adam()) } }))   # expect ~ `plot:` takes the arguments of `plot` by name, and `colour` is not one
print(w)     # expect: [1, 2]
