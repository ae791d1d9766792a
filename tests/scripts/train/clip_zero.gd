let w = param(1)
train w {
  loss: w^2
  optimizer: GD()
  clip: (norm: 0)   # expect error: clip
  steps: 1
}
