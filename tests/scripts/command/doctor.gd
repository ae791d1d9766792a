# `gd doctor` watches every training, and says on standard output what it found.
# command: doctor
# status: 1
seed(1)
let d = moons(60, noise: 0.1)
let net = chain(Dense(2, 8), tanh, Dense(8, 2), softmax, softmax)
train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(); epochs: 2 }
# output: any
