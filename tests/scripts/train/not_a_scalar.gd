let w = param([1, 2])
train w {
  loss: w^2   # expect error: [2]
  optimizer: GD()
  steps: 1
}
