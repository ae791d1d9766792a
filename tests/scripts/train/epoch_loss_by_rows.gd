# The epoch's loss is the mean by rows: a short last batch counts for its rows.
let w = param(0)
let h = train w on x in dataset([1, 1, 4]) { loss: mean(x) + 0 * w; optimizer: GD(lr: 0); epochs: 1; batch: 2; shuffle: false; quiet: true }
print(h.loss, h.step_loss)   # expect: [2] [1, 4]
