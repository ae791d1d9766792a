let w = param(10)
let h = train w { loss: w^2; optimizer: GD(lr: 0.1); steps: 1000; stop: loss < 1; quiet: true }
print(h.stopped, h.steps < 20, h.loss[-1] < 1, h.loss[-2] >= 1)   # expect: stop true true true
