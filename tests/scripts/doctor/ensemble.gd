# Biases of nets stacked for vmap have two axes, and are no matrices.
# command: doctor
seed(0)
let nets = stack_models([chain(Dense(2, 16), tanh, Dense(16, 2)) for i in 1..3])
train nets on (x, y) in moons(200, noise: 0.1) { loss: mean(vmap(fn(net) = cross_entropy(net(x), y))(nets)); optimizer: Adam(lr: 1e-2); epochs: 40; batch: 32 }
# expect: nothing wrong found in 1 training
