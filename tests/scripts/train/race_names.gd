# What the resolver knows of a race.
let w = param([1.0, 2.0])
race w { settings: 3; loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 1 }                # expect error: `settings:` needs names
race w { settings: (lr: [1, 2], k: [3]); loss: sum(w^2); optimizer: GD(lr: lr); steps: 1 }   # expect error: no clause uses the setting `k`
race w { optimizers: (a: Adam()); loss: sum(w^2); steps: 1; checkpoint: "a" }            # expect error: `race` has no clause `checkpoint:`
race w { optimizers: (a: Adam()); loss: sum(w^2); steps: 1; resume: true }               # expect error: a race cannot be resumed
race w { optimizers: (a: Adam()); loss: sum(w^2); steps: 1; restarts: 2 }                # expect error: `seeds: 3` runs each entry from three seeds
train w { optimizer: Adam(); loss: sum(w^2); steps: 1; seeds: 3 }                        # expect error: `train` has no clause `seeds:`
race w { optimizers: (a: Adam()); seed: 3; loss: sum(w^2); steps: 1 }                    # expect error: did you mean `seeds:`
# status: 65
