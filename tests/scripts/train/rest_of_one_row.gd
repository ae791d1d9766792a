# the rest of one row has no variance: the error says what leaves it out
let net = chain(Dense(2, 3), BatchNorm(3), Dense(3, 1))
let d = dataset(randn(7, 2), randn(7, 1))
train net on (x, y) in d { loss: mse(net(x), y); optimizer: GD(lr: 0.1); epochs: 1; batch: 3; drop_last: true; quiet: true }
print("fine")    # expect: fine
train net on (x, y) in d { loss: mse(net(x), y); optimizer: GD(lr: 0.1); epochs: 1; batch: 3; quiet: true }    # expect error: drop_last: true
