# goal: abs(mean(made(500)) - 2) < 0.8
seed(SEED)
let real = 2 + 0.5 * randn(400, 1)
let maker = chain(Dense(2, 12), relu, Dense(12, 1))     # net
let judge = chain(Dense(1, 12), leaky_relu, Dense(12, 1))   # net
fn made(n) = maker(randn(n, 2))
train on x in real {                                    # on
  update judge {
    loss: binary_cross_entropy(judge(x), ones(len(x), 1)) + binary_cross_entropy(judge(made(len(x))), zeros(len(x), 1))   # loss
    optimizer: Adam(lr: 0.005, beta1: 0.5)              # rate
  }
  update maker {
    loss: binary_cross_entropy(judge(made(len(x))), ones(len(x), 1))   # loss
    optimizer: Adam(lr: 0.005, beta1: 0.5)              # rate
  }
  epochs: 30
  batch: 40
}
