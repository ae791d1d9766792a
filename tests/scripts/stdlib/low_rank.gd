# Fine-tuning by two thin matrices: the layer stays, and what was learned is of the rank that was given.
seed(7)
let layer = Dense(6, 5)
let (before, x) = (copy(layer.W), randn(40, 6))
let target = x @ (before + outer(randn(6), randn(5)))
let thin = LowRank(layer, 1)
train thin { loss: mse(thin(x), target); optimizer: Adam(lr: 0.05); steps: 500; quiet: true }
print(all(layer.W == before), mse(thin(x), target) < 1e-3)                       # expect: true true
print(max(abs(x @ thin.merged() + layer.b - thin(x))) < 1e-4)                    # expect: true
print(svd(thin.merged() - before)[1][1:] < 1e-5)                                 # expect: [true, true, true, true]
print(LowRank(Dense(6, 5), 6))                                                   # expect error: from 1 to the smaller of the two
# status: 1
