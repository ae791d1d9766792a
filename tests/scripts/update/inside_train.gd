# Several updates, run in order, in one train; its loss is their sum.
let a = param(0)
let b = param(0)
let h = train on x in dataset([1]) {
  update a { loss: (a - 1)^2; optimizer: GD(lr: 0.5) }
  update b { loss: (b - a)^2; optimizer: GD(lr: 0.5) }
  steps: 1
  quiet: true
}
print(a, b, h.loss)   # expect: 1 1 [2]
