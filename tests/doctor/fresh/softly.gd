# goal: accuracy(x @ W + b, y) > 0.9
seed(SEED)
let y = randint(0, 3, 150)
let x = 2 * one_hot(y, 3) + 0.6 * randn(150, 3)
let W = param(zeros(3, 3))                              # net
let b = param(zeros(3))                                 # net
let rows = dataset(x, y)                                # data
let rule = SGD(lr: 0.3)                                 # rate
for round in 1..25 {
  for (p, q) in batches(rows, 30) {
    update W, b { loss: cross_entropy(p @ W + b, q); optimizer: rule }   # on loss
  }
}
