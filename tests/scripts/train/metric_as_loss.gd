# A metric that counts has no gradient: the help names a loss that has one.
let net = Dense(2, 2)
train net on (x, y) in moons(20) { loss: -accuracy(net(x), y); optimizer: Adam(); epochs: 3 }   # expect error: `argmax` cannot be differentiated
# expect stderr: a loss of classes is cross_entropy(scores, labels)
