# A sigmoid net of 20 layers: its gradient vanishes; with relu in its place it trains.
# command: doctor
# options: --json
# status: 1
seed(2)
let d = moons(60, noise: 0.1)
let between = [if i % 2 == 0 { Dense(8, 8) } else { sigmoid } for i in 0..35]
let net = chain(Dense(2, 8), sigmoid, between..., Dense(8, 2))
train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(lr: 0.01); epochs: 12; batch: 20 }
# expect ~ .*"message":"health, measured: vanishing gradients: that of `net.parts.0.W`.*"line":8,.*tried on a copy: after \d+ steps the loss is .* instead of .*
# expect ~ .*"event":"mended".*Dense\(2, 8\), relu, between.*
# expect: 1 finding in 1 training
