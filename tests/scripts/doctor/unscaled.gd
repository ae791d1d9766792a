# Columns as those of a table of cars, weights in thousands: scaled in the net they train.
# command: doctor
# options: --json
# status: 1
seed(7)
let z = randn(80, 3)
let d = dataset(concat(2970 + 847 * z[:, 0:1], 5.5 + 1.7 * z[:, 1:2], 76 + 3.7 * z[:, 2:3], axis: 1), 23 - 6 * z[:, 0] + 2 * z[:, 2])
let net = chain(Dense(3, 8), relu, Dense(8, 1))
train net on (x, y) in d { loss: mse(net(x)[:, 0], y); optimizer: SGD(lr: 0.01); epochs: 15; batch: 20 }
# expect ~ .*"message":"health, measured: the inputs are not scaled: column 0 has a deviation of.*"line":9,.*tried on a copy: after \d+ steps the loss is .* instead of .*
# expect ~ .*"event":"mended".*chain\(Standardize\(d\), Dense.*
# expect: 1 finding in 1 training
