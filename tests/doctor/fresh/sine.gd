# goal: mse(a * sin(w * t + c), y) < 0.05
seed(SEED)
let t = linspace(0, 3, 80)
let y = 1.5 * sin(2 * t + 0.4) + 0.1 * randn(80)
let a = param(1)
let w = param(1.7)
let c = param(0)                                        # net
train a, w, c on (p, q) in dataset(t, y) {              # on data
  loss: mse(a * sin(w * p + c), q)                      # loss
  optimizer: Adam(lr: 0.05)                             # rate
  steps: 200
}
