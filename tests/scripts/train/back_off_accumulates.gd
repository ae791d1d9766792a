# An update of several minibatches that is made again at half the rate begins without what the failed one had gathered.
for k in list(1, 2) {
  let w = param(1)
  let h = train w on x in dataset([3, 5, 3, 5]) {
    loss: mean(tanh(w * x * 1e-9)) * 1e30
    optimizer: GD(lr: 1e17)
    batch: 4 / k
    accumulate: k
    steps: 1
    shuffle: false
    on_divergence: "back_off"
    quiet: true
  }
  print(w, h.lr)    # expect: -2e38 [5e16]
}
# expect: -2e38 [5e16]
