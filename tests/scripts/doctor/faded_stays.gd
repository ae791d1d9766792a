# Sigmoid layers whose loss stays at that of a constant answer: neither a minimum, nor inputs that tell nothing.
# command: doctor
# options: --json
# status: 1
fn layers() = chain(Dense(2, 16), sigmoid, Dense(16, 16), sigmoid, Dense(16, 16), sigmoid, Dense(16, 16), sigmoid, Dense(16, 16), sigmoid, Dense(16, 2))
seed(0)
let d = moons(200, noise: 0.1)
let net = layers()
train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: SGD(lr: 0.01); epochs: 30; batch: 32 }
# expect ~ .*"message":"health, likely: vanishing gradients: that of `net.parts.0.W`.*
# expect ~ .*"event":"mended".*
seed(1)
let other = moons(200, noise: 0.1)
let again = layers()
train again on (x, y) in other { loss: cross_entropy(again(x), y); optimizer: SGD(lr: 0.01); epochs: 30; batch: 32 }
# expect ~ .*"message":"health, likely: vanishing gradients: that of `again.parts.0.W`.*
# expect: 2 findings in 2 trainings
