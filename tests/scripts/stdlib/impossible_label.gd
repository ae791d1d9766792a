# The label is the masked class: the loss is infinite, and it is not the mask that is to blame but what took it.
let w = param([[1, 2, 3]])
let mask = [[0, 0, -inf]]
train w {
  loss: cross_entropy(w + mask, [2])   # expect error: `+` of 3 and -inf
  optimizer: GD(lr: 0.1)
  steps: 3
}
