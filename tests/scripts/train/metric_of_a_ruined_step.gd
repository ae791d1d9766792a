# The loss is NaN and so are the scores: what made them so is told, not the metric that met them.
let w = param([[1, 2]])
train w {
  loss: cross_entropy(log(w - 5), [0])   # expect error: `log` of -4
  metrics: accuracy(log(w - 5), [0])
  optimizer: GD(lr: 0.1)
  steps: 2
}
