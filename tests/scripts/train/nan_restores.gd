# What a step made NaN is not kept: values are those before it.
let w = param(1)
train w {
  loss: sqrt(w)               # expect error: sqrt
  optimizer: GD(lr: 3)
  steps: 5
}
