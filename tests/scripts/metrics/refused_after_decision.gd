# what a metric needs once it has decided must be there: a param is no longer what it was when the rows were met
let w = param([1.0])
let scale = param(2.0)
train w on x in ones(10, 1) {
  loss: mean((x @ w)^2); optimizer: GD(); epochs: 1; batch: 4; quiet: true
  metrics: (m: if sum(x @ w) > 3 { mean(scale * x) } else { 0 })    # expect error: after branching on a value it needs
}
