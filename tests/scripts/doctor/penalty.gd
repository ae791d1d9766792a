# A penalty in the loss that leaves nothing to the data; and a loss that is a sum over the rows,
# whose size is not that of first values.
# command: doctor
# options: --json
# status: 1
seed(1)
let d = shuffle(spirals(200, noise: 0.02))
let net = chain(Dense(2, 32), tanh, Dense(32, 2))
train net on (x, y) in d { loss: cross_entropy(net(x), y) + 0.5 * l2(net); optimizer: Adam(lr: 0.02); epochs: 30; batch: 50 }
# expect ~ .*"message":"health, measured: weight decay dominates: of the loss at the start.*the penalty on the params is.*"line":9,.*0.0001 times the penalty; tried on a copy.*
# expect ~ .*"event":"mended".*0.0001 \* l2\(net\).*

let other = chain(Dense(2, 8), tanh, Dense(8, 2))
train other on (x, y) in moons(256, noise: 0.1) { loss: sum(cross_entropy(other(x), y, reduce: "none")); optimizer: SGD(lr: 0.001); epochs: 30; batch: 64 }
# expect: 1 finding in 2 trainings
