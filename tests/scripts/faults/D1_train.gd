let w = param([1, 0, 4])
train w {
  loss: sum(log(w))   # expect error: log
  optimizer: GD()
  steps: 1
}
