model Mode() {
  param w = 1
  fn forward() = if training { w * 2 } else { w * 3 }
}
let m = Mode()
print(m())                               # expect: 3
let h = train m { loss: m(); optimizer: GD(lr: 0); steps: 1; quiet: true }
print(h.loss[0], m())                    # expect: 2 3
