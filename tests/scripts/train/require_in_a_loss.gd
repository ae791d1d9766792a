# A loss of one's own states what its targets may be; the step that meets another stops, values of before kept.
loss poisson(z, counts) = mean(exp(z) - require(counts, counts >= 0, "poisson: counts are 0 or more") * z)   # expect error: poisson: counts are 0 or more: found -1 at [1]
let w = param(0)
train on (x, y) in dataset([1, 2, 3, 4], [0, 3, 2, -1]) {
  loss: poisson(w * x, y)
  optimizer: GD(lr: 0.01)
  batch: 2
  shuffle: false
  epochs: 1
  quiet: true
}
# expect stderr: step 2
