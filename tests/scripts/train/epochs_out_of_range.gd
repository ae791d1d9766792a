let w = param(1)
train w {
  loss: w^2
  optimizer: GD()
  epochs: 1e300   # expect error: epochs
}
