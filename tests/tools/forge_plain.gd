# A second script for forge.c: without data and draws, in f64, what `keep:` holds is no history, and `stalled` is asked by a function.
precision(f64)
let w = param([3, -2])
let mask = param([0, 1])
let optimizer = Adam(lr: piecewise(0.1, (5, 0.05), (8, 0.01)))
let fresh = (w * 1, mask * 1)
fn tired(loss) = stalled(loss, 30)
let history = train w, mask {
  loss: sum(w^2) + sum(w * mask) + exp(mask[0])
  optimizer: optimizer
  steps: limit
  clip: (value: 5)
  metrics: (size: norm(w))
  keep: best(2 * loss)
  average: ema(0.5)
  stop: tired(loss)
  checkpoint: "run.ckpt"
  resume: true
  quiet: true
  each_epoch: { optimizer.beta1 = 0.9 }
}
let unchanged = all(w == fresh.0) and all(mask == fresh.1) and optimizer.steps == 0
print("unchanged", unchanged)
print(w, mask, optimizer.steps, history.loss, history.size, history.lr, history.stopped)
