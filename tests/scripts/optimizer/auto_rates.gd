# Several `lr: auto` in one training: in the optimizers of groups, and in updates; the rates to come are meanwhile those declared.
let (a, b) = (param(3), param(3))
let (first, second) = (SGD(lr: auto), Adam(lr: auto))
let h = train a, b { loss: (a - 1)^2 + b^2; optimizer: groups((a, first), (b, second)); steps: 400; quiet: true }
print("{a:.3f} {abs(b):.3f}", type(first.lr), type(second.lr), first.lr(20) == second.lr(20))   # expect: 1.000 0.000 function function false
let d = dataset(ones(400, 1))
let g = train on x in d {
  update a { loss: a^2; optimizer: Adam(lr: auto) }
  update b { loss: (b - mean(x))^2; optimizer: AdamW(lr: auto) }
  batch: 1
  epochs: 1
  quiet: true
}
print("{abs(a):.3f} {b:.2f}")   # expect: 0.000 1.00
# an optimizer that two updates share finds its rate once
let shared = Adam(lr: auto)
train on x in d {
  update a { loss: (a - 2)^2; optimizer: shared }
  update b { loss: (b - 2)^2; optimizer: shared }
  batch: 1
  epochs: 1
}
print("{a:.2f} {b:.2f}")   # expect: 2.00 2.00
# expect stderr: `lr: auto` of Adam is 0.15, by 20 updates on a copy
