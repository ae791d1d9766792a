let w = param(0)
train w {
  loss: w^2
  optimizer: GD()
  stpes: 10   # expect error: steps
}
