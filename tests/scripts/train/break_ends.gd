# `break` in each_step and each_epoch ends the run, as stop: does; in a loop of the block, the loop.
let w = param(5)
let h = train w {
  loss: w^2
  optimizer: SGD(lr: 0.1)
  steps: 100
  each_step: { for k in 1..9 { if k > 2 { break } }; if step == 7 { break } }
  quiet: true
}
print(h.steps, h.stopped)    # expect: 7 stop
let g = train w { loss: w^2; optimizer: SGD(lr: 0.1); epochs: 100; each_epoch: { if epoch >= 3 { break } }; quiet: true }
print(g.epochs, g.stopped)    # expect: 3 stop
