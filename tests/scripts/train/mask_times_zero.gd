# 0 * -inf is NaN in a loss of one's own; the product is told, not the mask, and what counts nothing instead.
let w = param([[1, 2, 3]])
train w {
  loss: sum([[1, 0, 0]] * log_softmax(w + [[0, 0, -inf]]))   # expect error: `*` of 0 and -inf is NaN
  optimizer: GD(lr: 0.1)
  steps: 3
}
# expect stderr: portion
