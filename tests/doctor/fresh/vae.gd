# goal: mse(decode(encode(d.x)[:, 0:2]), d.x) < 0.4
seed(SEED)
let d = dataset(randn(200, 2) @ randn(2, 5) + 0.1 * randn(200, 5))   # data
let encode = chain(Dense(5, 12), tanh, Dense(12, 4))    # net
let decode = chain(Dense(2, 12), tanh, Dense(12, 5))    # net
fn elbo(x) {
  let h = encode(x)
  let z = h[:, 0:2] + exp(h[:, 2:4] / 2) * randn(len(x), 2)
  mse(decode(z), x) + 0.01 * mean(exp(h[:, 2:4]) + h[:, 0:2]^2 - 1 - h[:, 2:4])
}
train encode, decode on x in d {                        # on
  loss: elbo(x)                                         # loss
  optimizer: Adam(lr: 0.01)                             # rate
  epochs: 50
  batch: 25
}
