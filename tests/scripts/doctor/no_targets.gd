# An autoencoder and a density read the inputs alone: the last column of the data is no target of theirs.
# command: doctor
seed(0)
let d = moons(128, noise: 0.3)
let ae = chain(Dense(2, 16), tanh, Dense(16, 2))
train ae on (x, _) in d { loss: mse(ae(x), x); optimizer: Adam(lr: 1e-2); epochs: 30; batch: 32 }
let centre = param(zeros(2))
let scale = param(zeros(2))
train centre, scale on (x, y) in d { loss: mean(sum(0.5 * ((x - centre) / exp(scale))^2 + scale, axis: 1)); optimizer: Adam(lr: 1e-2); epochs: 60; batch: 32 }
# expect: nothing wrong found in 2 trainings
