let w = param([1.0])
let o = GD(lr: 0.5)
let h = train w { loss: sum(w); optimizer: o; steps: 3; each_step: { o.lr = o.lr / 2 }; quiet: true }
print(h.lr, o.lr, w)      # expect: [0.5, 0.25, 0.125] 0.0625 [0.125]
o.lr *= 4
print(o.lr)               # expect: 0.25
o.lr = constant(0.125)
train w { loss: sum(w); optimizer: o; steps: 1; quiet: true }
print(w)                  # expect: [0]
o.lr = -1                 # expect error: lr must be 0 or more and finite, it is -1
