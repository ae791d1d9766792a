let w = param(0)
let h = train w { loss: (w - 3)^2; optimizer: GD(lr: 0.25); steps: 3; quiet: true }
print(h.loss, h.steps, h.epochs, h.stopped)   # expect: [9, 2.25, 0.5625] 3 3 steps
print(h.step_loss, w)                         # expect: [9, 2.25, 0.5625] 2.625
