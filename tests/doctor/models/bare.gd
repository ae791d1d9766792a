# goal: mse(x @ w + b, y) < 0.2
seed(SEED)
let x = randn(150, 3)
let y = x @ [2, -1, 0.5] + 4 + 0.3 * randn(150)
let w = param(zeros(3))                                 # net
let b = param(0)
train w, b on (p, q) in dataset(x, y) {                 # on data
  loss: mse(p @ w + b, q)                               # loss
  optimizer: SGD(lr: 0.05)                              # rate
  epochs: 20
  batch: 30
}
