# Six sigmoid layers do not fade enough to be blamed before the run; after one that stayed they are.
# command: doctor
# options: --json
# status: 1
seed(1)
let d = moons(300, noise: 0.1)
let between = [if i % 2 == 0 { Dense(10, 10) } else { sigmoid } for i in 0..9]
let net = chain(Dense(2, 10), sigmoid, between..., Dense(10, 2))
train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: SGD(lr: 0.1); epochs: 20; batch: 30 }
# expect ~ .*"message":"health, likely: vanishing gradients: that of `net.parts.0.W`.*"line":8,.*`relu` instead of the saturating activations; tried on a copy.*
# expect ~ .*"event":"mended".*relu \}.*
# expect: 1 finding in 1 training
