# The rate is changed whole where it stands: an expression, a first argument, an option's default;
# and looked for lower than a hundredth.
# command: doctor
# options: --json
# status: 1
seed(1)
let d = moons(200, noise: 0.1)
let factor = 3000
let net = chain(Dense(2, 16), tanh, Dense(16, 2))
train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(lr: factor * 0.02); epochs: 20; batch: 20 }
# expect ~ .*"message":"health, measured: the rate is too large: with lr 60 .*"line":10,.*lr: 0\.\d+; tried on a copy.*
# expect ~ .*"event":"mended".*Adam\(lr: 0\.\d+\);.*
# expect: 1 finding in 1 training
