# what an epoch's metric decides is not known before its end: refused at the decision, where `where` would do
let w = param([1.0])
train w on x in ones(10, 1) {
  loss: mean((x @ w)^2); optimizer: GD(); epochs: 1; batch: 4; quiet: true
  metrics: (m: if sum(x @ w) > 3 { 1 } else { 0 })    # expect error: where(c, a, b)
}
