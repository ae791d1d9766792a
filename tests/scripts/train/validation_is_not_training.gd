model M() {
  param w = 1
  fn forward(x) = if training { w * x } else { 10 * w * x }
}
let m = M()
let d = dataset([1, 3])
let h = train m on x in d { loss: mean(m(x)); optimizer: GD(lr: 0); epochs: 1; validate: d; quiet: true }
print(h.loss, h.val_loss)   # expect: [2] [20]
