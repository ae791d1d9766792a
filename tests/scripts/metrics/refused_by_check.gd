# check
# what training refuses for its metrics, `gd check` refuses there too
let w = param([1.0, 2.0])
train w on x in ones(10, 2) {
  loss: mean((x @ w)^2); optimizer: GD(); epochs: 1; batch: 4; quiet: true
  metrics: (far: max(x @ w), m: norm(mean(x, axis: 0) - w))    # expect error: together with all its rows it needs a whole param
}
