# Targets of -1 and 1 against a sigmoid: proved before it runs; without the sigmoid it trains.
# command: doctor
# options: --json
# status: 1
seed(6)
let x = randn(60, 3)
let net = chain(Dense(3, 8), tanh, Dense(8, 1), sigmoid)
train net on (a, b) in dataset(x, where(x[:, 0:1] > 0, 1, -1)) { loss: mse(net(a), b); optimizer: Adam(lr: 0.02); epochs: 20; batch: 20 }
# expect ~ .*"message":"health, proved: the range cannot reach the targets: `sigmoid` gives only 0 to 1, the targets go from -1 to 1.*"line":8,.*tried on a copy: after \d+ steps the loss is .* instead of .*
# expect ~ .*"event":"mended".*Dense\(8, 1\)\).*
# expect: 1 finding in 1 training
