# … and so for a yes or no, where scores are compared with 0.
let net = Dense(2, 1)
train net on (x, y) in moons(20) { loss: -accuracy(net(x), y); optimizer: Adam(); epochs: 3 }   # expect error: the loss does not reach `net.W`
# expect stderr: binary_cross_entropy(scores, labels)
