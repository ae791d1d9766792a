seed(1)
let d = Dropout(0.25)
let w = param(ones(10000))
print(all(d(w) == w))                                              # expect: true
let h = train w { loss: mean(d(w)); optimizer: GD(lr: 0); steps: 1; quiet: true }
print(abs(h.loss[0] - 1) < 0.03, h.loss[0] != 1)                   # expect: true true
