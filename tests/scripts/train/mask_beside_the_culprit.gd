# An infinity that is meant is passed over for the operation that made another.
let w = param([[1, 2, 3]])
train w {
  loss: cross_entropy(w + [[0, 0, -inf]], [0]) +
    sum(sqrt(w - 2))                                         # expect error: `sqrt` of -1
  optimizer: GD(lr: 0.1)
  steps: 3
}
