# A tensor of rank 0 is a number to an optimizer too, and a param is read anew for each step.
let rates = []
for lr in [0.5, 0.25] {
  let w = param([1.0])
  let h = train w { loss: sum(w); optimizer: SGD(lr: lr, momentum: lr * 0); steps: 9; stop: lr < 0.3; quiet: true }
  rates = push(rates, (h.lr[0], h.steps))
}
print(rates)                        # expect: [(0.5, 9), (0.25, 1)]
let w = param([1.0])
let rate = param(0.5)
let h = train w { loss: sum(w); optimizer: GD(lr: rate); steps: 3; each_step: { assign(rate, 0.25) }; quiet: true }
print(h.lr, w)                      # expect: [0.5, 0.25, 0.25] [0]
let scheduled = train w { loss: sum(w); optimizer: GD(lr: fn(t) = [0.5, 0.25][t]); steps: 2; quiet: true }
print(scheduled.lr)                 # expect: [0.5, 0.25]
