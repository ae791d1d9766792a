# A statement that names nothing to train: the help shows one of its kind.
let w = param(1)
update { loss: w^2; optimizer: GD() }                  # expect error: `update` names what it trains: `update w { … }`
race { loss: w^2; optimizers: (a: GD()); steps: 1 }    # expect error: `race` names what it trains: `race net on (x, y) in dataset(x, y) { … }`
# status: 65
