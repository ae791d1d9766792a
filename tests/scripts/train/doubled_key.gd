let w = param(0)
train w {
  loss: w^2
  loss: w^4   # expect error: loss
  optimizer: GD()
  steps: 1
}
