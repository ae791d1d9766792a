# the metrics of an epoch that diverged are of its own rows (they were those of the epoch before)
let d = dataset([1.0, 1, 2, 2, 3, 3])
let (w, scale) = (param(0.0), 1)
let h = train w on x in d {
  loss: scale * mean((w - x)^2); optimizer: GD(lr: 0.001); batch: 2; epochs: 3; shuffle: false
  metrics: (middle: median(x)); on_divergence: "stop"; quiet: true
  each_step: { if step == 4 { scale = inf } }
}
print(h.middle, h.stopped)        # expect: [2, 1] diverged
