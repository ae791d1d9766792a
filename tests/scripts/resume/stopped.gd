# A training that `stop:` has ended stays ended, after a step, an epoch or the last of them, as long as the rule and what it saw are the same.
# args: {tmp}
let d = dataset(reshape(arange(20), 10, 2) / 20, arange(10) / 10)
fn go(name, most, resume = true) {
  let w = param([1, 1])
  let h = train w on (x, y) in d { loss: mse(x @ w, y); optimizer: SGD(lr: 0.1); batch: 4; shuffle: false; epochs: 30; stop: loss < most; checkpoint: "{args[0]}/{name}.ckpt"; resume: resume; quiet: true }
  (w * 1, h.loss, h.steps, h.why)
}
let first = go("step", 0.2, resume: false)
let again = go("step", 0.2)
print(first.2 < 30, again == first, again.3 == first.3)   # expect: true true true
print(go("step", 0.1).2 > first.2)                        # expect: true
# expect stderr: resumed with another `stop`
fn epochs(name, resume) {
  let w = param([1, 1])
  let h = train w on (x, y) in d { loss: mse(x @ w, y); optimizer: SGD(lr: 2); batch: 4; shuffle: false; epochs: 30; validate: d; metrics: (r: rmse(x @ w, y)); stop: stalled(val_loss, 2) or val_r > 1e3; keep: best(val_loss); checkpoint: "{args[0]}/{name}.ckpt"; resume: resume; quiet: true }
  (w * 1, h.loss, h.steps, h.stopped, h.why)
}
let whole = epochs("epoch", false)
print(whole.3, epochs("epoch", true) == whole)   # expect: stop true

# A rule that sees more than the training is asked again.
let halt = list(true)
fn once(resume) {
  let w = param([1, 1])
  (train w on (x, y) in d { loss: mse(x @ w, y); optimizer: SGD(lr: 0.1); batch: 4; shuffle: false; epochs: 3; stop: step >= 4 and halt[0]; checkpoint: "{args[0]}/once.ckpt"; resume: resume; quiet: true }).steps
}
print(once(false), once(true))   # expect: 4 4
halt[0] = false
print(once(true))   # expect: 9
