# a limit of 0 is reached at once, and is the one that is told
let w = param(1.0)
let e = train w { loss: w^2; optimizer: GD(lr: 0.1); epochs: 0 }
print(e.stopped, e.epochs, e.steps, len(e.loss))    # expect: epochs 0 0 0
let s = train w { loss: w^2; optimizer: GD(lr: 0.1); epochs: 5; steps: 0 }
print(s.stopped, s.steps, w)                        # expect: steps 0 1
