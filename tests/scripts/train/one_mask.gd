# A draw is the same in loss and metrics of a step.
seed(4)
let drop = Dropout(0.5)
let w = param(ones(100))
fn value() = sum(drop(w))
let h = train w { loss: value(); metrics: (again: value()); optimizer: GD(lr: 0); steps: 3; quiet: true }
print(all(h.loss == h.again), h.loss[0] == h.loss[1])   # expect: true false
