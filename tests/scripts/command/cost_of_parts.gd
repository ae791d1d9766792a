# An update in parts or of several minibatches is told as it is made: its plans are those of a part and of the update.
# check
# options: --cost
let net = chain(Dense(100, 500), tanh, Dense(500, 500), BatchNorm(500), tanh, Dense(500, 1))
let data = dataset(randn(800, 100), randn(800, 1))
train net on (x, y) in data { loss: mse(net(x), y); optimizer: GD(lr: 0.1); epochs: 1; batch: 80 }
# expect ~ train at .*: 80 of 800 rows a step
# expect ~   memory .*: params 1\.15 MiB, states and buffers 3\.91 KiB, values of a step .*, data 316 KiB, copies 37\.8 KiB.*
# expect ~   a step    13\dM operations, .*
# expect ~   an epoch  10 minibatches, about .*
# eight parts of 10 rows: sums of the gradients, four on the way, and one for each of 1, 2 or 4 threads
train net on (x, y) in data { loss: mse(net(x), y); optimizer: GD(lr: 0.1); epochs: 1; batch: 80; shards: 8 }
# expect ~ train at .*: 80 of 800 rows a step
# expect ~   memory .*: params 1\.15 MiB, states and buffers 3\.91 KiB, values of a step .*, data 316 KiB, copies (5\.78|6\.93|9\.2\d) MiB.*
# expect ~   a step    1[34]\dM operations, .*
# expect ~   an epoch  10 minibatches, about .*
# two plans, of the first four minibatches and of the last; five times the operations
train net on (x, y) in data { loss: mse(net(x), y); optimizer: GD(lr: 0.1); epochs: 1; batch: 80; accumulate: 5 }
# expect ~ train at .*: 80 of 800 rows a step
# expect ~   memory .*: params 1\.15 MiB, .*, copies 1\.19 MiB.*
# expect ~   a step    69\dM operations, .*
# expect ~   an epoch  10 minibatches, about .*
