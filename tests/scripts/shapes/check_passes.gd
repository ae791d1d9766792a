# check
# status: 0
let data = moons(100)
let net = chain(Dense(2, 8), relu, Dense(8, 2))
train net on (x, y) in data { loss: cross_entropy(net(x), y); optimizer: Adam(); epochs: 1000000 }
print("never printed by a check")
