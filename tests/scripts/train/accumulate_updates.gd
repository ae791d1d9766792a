# Each update takes all minibatches of `accumulate:` before the next one begins, which sees what it has trained.
let d = dataset([1, 2, 3, 4])
fn go(batch, by) {
  let (a, b) = (param(1), param(1))
  let h = train on x in d {
    update a { loss: mean((a - x)^2); optimizer: GD(lr: 0.25) }
    update b { loss: mean((b - a * x)^2); optimizer: GD(lr: 0.25) }
    metrics: mean(a * x); epochs: 2; batch: batch; accumulate: by; shuffle: false }
  (a * 1, b * 1, h.loss, h.mean, h.step_loss)
}
let whole = go(4, 1)
print(whole.0, whole.1, whole.2[0])   # expect: 2.125 4 18.7188
print(whole == go(2, 2), whole == go(1, 4))   # expect: true true
