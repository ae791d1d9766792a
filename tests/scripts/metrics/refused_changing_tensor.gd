# beside what needs all rows at once, a tensor that changes with the steps has no one value
let w = param([1.0, 2.0])
train w on x in ones(10, 2) {
  loss: mean((x @ w)^2); optimizer: GD(); epochs: 1; batch: 4; quiet: true
  metrics: (m: dot(mean(x, axis: 0), w))    # expect error: changes with every step
}
