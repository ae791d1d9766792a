# The last minibatch of an epoch, which is smaller and has a plan of its own, counts if a step meets it.
# check
# options: --cost
let net = chain(Dense(100, 500), tanh, Dense(500, 1))
let data = dataset(randn(130, 100), randn(130, 1))
train net on (x, y) in data { loss: mse(net(x), y); optimizer: GD(); batch: 100; steps: 1 }
# expect ~   memory    .*: params 198 KiB, values of a step 789 KiB, .*
train net on (x, y) in data { loss: mse(net(x), y); optimizer: GD(); batch: 100; steps: 2 }
# expect ~   memory    .*: params 198 KiB, values of a step 1\.0. MiB, .*
# output: any
# status: 0
