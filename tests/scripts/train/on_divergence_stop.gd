# A rate that is far too large ends its own run, with the values of before, and the script goes on.
for (i, rate) in enumerate([0.1, 1e30, 0.02]) {
  let w = param([1, 2])
  let h = train w { loss: sum(w^4); optimizer: SGD(lr: rate); steps: 40; on_divergence: "stop"; quiet: true }
  print(h.stopped, h.steps == len(h.step_loss), all(abs(w) < 1e38))
}
# expect: steps true true
# expect: diverged true true
# expect: steps true true
