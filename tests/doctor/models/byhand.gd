# goal: accuracy(net(d.x), d.y) > 0.93
seed(SEED)
let d = moons(240, noise: 0.1)                          # data
let net = chain(Dense(2, 16), tanh, Dense(16, 2))       # net
let steps = Adam(lr: 0.02)                              # rate
for epoch in 1..30 {
  for (x, y) in batches(d, 24) {
    update net {                                        # on
      loss: cross_entropy(net(x), y)                    # loss
      optimizer: steps
    }
  }
}
