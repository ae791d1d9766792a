# args: {tmp}
precision(f64)
let path = "{args[0]}/run.ckpt"
fn go(steps, resume) {
  seed(9)
  let w = param(randn(3))
  let d = dataset(randn(20, 3))
  let h = train w on x in d { loss: mean((x @ w - 1)^2) + 0.01 * sum(randn(3) * w); optimizer: Adam(lr: 0.05); steps: steps; batch: 4; checkpoint: path; resume: resume; quiet: true }
  (w * 1, h.steps, len(h.step_loss))
}
let (whole, n, m) = go(12, false)
let (part, a, b) = go(7, false)
let (rest, c, e) = go(12, true)
print(n, m, a, c, e)                               # expect: 12 12 7 12 12
print(all(whole == rest), all(whole == part))      # expect: true false
print(exists(path))                                # expect: true
