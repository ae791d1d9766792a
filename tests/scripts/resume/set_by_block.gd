# A hyperparameter that a block has set goes on as it was, of an inner optimizer too; one that the script has changed since is the script's.
# args: {tmp}
let d = dataset(reshape(arange(20), 10, 2) / 20, arange(10) / 10)
fn go(name, epochs, resume, lr = 0.1) {
  let w = param([1, 1])
  let o = Lookahead(SGD(lr: lr, momentum: 0.5), k: 3)
  let h = train w on (x, y) in d {
    loss: mse(x @ w, y)
    optimizer: o
    batch: 4
    shuffle: false
    epochs: epochs
    each_epoch: { if epoch == 2 { o.lr = 0.01; o.k = 2 } }
    checkpoint: "{args[0]}/{name}.ckpt"
    resume: resume
    quiet: true
  }
  (w * 1, h.loss, h.lr, o.k)
}
let whole = go("whole", 6, false)
for n in 1..5 {
  go("part", n, false)
  print(go("part", 6, true) == whole)   # expect: true
}
# expect: true
# expect: true
# expect: true
# expect: true
go("part", 3, false)
let (_, _, rates, k) = go("part", 4, true, lr: 0.05)
print(rates[5], rates[8], rates[9], k)   # expect: 0.1 0.01 0.05 2
# expect stderr: resumed with another `inner`
