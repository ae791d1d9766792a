# goal: abs(w[0] - 0.6) < 0.25
seed(SEED)
let x = randn(200, 2)
let y = floor(exp(x @ [0.6, -0.3] + 0.5) + rand(200))
let w = param(zeros(2))                                 # net
let b = param(0)
train w, b on (p, q) in dataset(x, y) {                 # on data
  loss: mean(exp(p @ w + b) - q * (p @ w + b))          # loss
  optimizer: SGD(lr: 0.1)                               # rate
  steps: 150
}
