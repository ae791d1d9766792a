# a metric made of sums keeps no outputs: half a million rows within a few MB; one that needs them is refused its memory at its place
# options: --max-memory 9e6
let x = ones(500_000)
let w = param(0.5)
let h = train w on x in x {
  loss: mean((w * x)^2); optimizer: GD(lr: 0); epochs: 1; batch: 10_000; shuffle: false; quiet: true
  metrics: (rmse: rmse(w * x, x), far: max(w * x), share: accuracy(w * x, x))
}
print(h.rmse, h.far, h.share)    # expect: [0.5] [0.5] [1]
train w on x in x {
  loss: mean((w * x)^2); optimizer: GD(lr: 0); epochs: 1; batch: 10_000; shuffle: false; quiet: true
  metrics: (middle: sum(w * sort(x)[0:9]), auc: auc(w * x, x))    # expect error: not enough memory
}
