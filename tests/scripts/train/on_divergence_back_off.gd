# The rate is halved and the step made again, until it is one that can be made; the next training
# has the rate as it was given.
let w = param([10, 20])
let o = SGD(lr: 1e20)
let h = train w { loss: sum(w^2); optimizer: o; steps: 1; on_divergence: "back_off"; quiet: true }
print(h.stopped, h.lr[0] < 1e20, h.lr[0] > 1e17, o.lr == 1e20)    # expect: steps true true true
let g = train w { loss: sum(w^2); optimizer: o; steps: 1; on_divergence: "back_off"; quiet: true }
print(g.stopped, g.steps)                                         # expect: diverged 0
