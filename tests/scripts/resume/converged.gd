# A training that its method has ended stays ended, until something that it depends on is changed.
# args: {tmp}
fn go(epochs, resume, center = 1) {
  let w = param([3.0, 2])
  let h = train w { loss: sum((w - center)^2); optimizer: LBFGS(); epochs: epochs; checkpoint: "{args[0]}/run.ckpt"; resume: resume; quiet: true }
  (w * 1, h.loss, h.steps, h.stopped, h.why)
}
let first = go(50, false)
print(first.3, go(50, true) == first, go(90, true) == first)   # expect: converged true true
print(go(90, true, 2).2 > first.2)                              # expect: true
