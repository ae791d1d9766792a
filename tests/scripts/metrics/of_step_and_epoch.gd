# stop: and each_step: see the metric of the step just made, each_epoch: that of the epoch
precision(f64)
let x = [[1, 0], [0, 1], [2, 1], [1, 3], [0, 2]]
let y = [1, 2, 0, 4, 1]
let w = param([0.5, 0.25])
let h = train w on (x, y) in dataset(x, y) {
  loss: mse(x @ w, y); optimizer: GD(lr: 0); epochs: 1; batch: 2; shuffle: false; quiet: true
  metrics: (far: max(abs(x @ w - y)))
  each_step: { print("step {step}: {far}") }
  each_epoch: { print("epoch: {far}") }
}
# expect: step 1: 1.75
# expect: step 2: 2.75
# expect: step 3: 0.5
# expect: epoch: 2.75
let s = train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(lr: 0); epochs: 9; batch: 2; shuffle: false; quiet: true; metrics: (far: max(abs(x @ w - y))); stop: far < 1 }
print(s.steps, s.far)    # expect: 3 [2.75]
# a step of several minibatches: over the rows of all of them
let a = train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(lr: 0); epochs: 1; batch: 1; accumulate: 3; shuffle: false; quiet: true; metrics: (r2: r2(x @ w, y)); each_step: { print(abs(r2 - r2_of(step)) < 1e-12) } }
fn r2_of(step) { let rows = if step == 1 { (0, 3) } else { (3, 5) }; let (p, t) = (x[rows.0:rows.1] @ w, y[rows.0:rows.1]); 1 - sum((p - t)^2) / sum((t - mean(t))^2) }
# expect: true
# expect: true
print(abs(a.r2[0] - r2(x @ w, y)) < 1e-12)    # expect: true
