# Two minibatches gathered are one step over both.
precision(f64)
let x = arange(8)[:, none]
let d = dataset(x, 3 * x + 1)
fn go(batch, by) {
  let w = param(0.5)
  let h = train w on (a, b) in d { loss: mse(w * a, b); optimizer: SGD(lr: 0.001, momentum: 0.9); epochs: 3; batch: batch; accumulate: by; shuffle: false; quiet: true }
  (w * 1, h.steps)
}
let (one, n1) = go(4, 1)
let (two, n2) = go(2, 2)
print(abs(one - two) < 1e-12, n1, n2)   # expect: true 6 6
