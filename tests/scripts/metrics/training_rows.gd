# the training rows' outputs are those of when the minibatch was met: where nothing moves, those of the set; with accumulate:, drop_last: too
precision(f64)
seed(4)
let x = randn(29, 2)
let y = x @ [2, -1] + sin(7 * x[:, 1])
let w = param([1, 0.5])
let h = train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(lr: 0); epochs: 2; batch: 7; quiet: true; metrics: (r2: r2(x @ w, y), mse: mse(x @ w, y)) }
print(abs(h.r2[1] - r2(x @ w, y)) < 1e-12, abs(h.mse - h.loss) < 1e-12)         # expect: true [true, true]
let a = train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(lr: 0); epochs: 1; batch: 7; accumulate: 3; quiet: true; metrics: (r2: r2(x @ w, y)) }
print(abs(a.r2[0] - r2(x @ w, y)) < 1e-12)                                      # expect: true
let l = train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(lr: 0); epochs: 1; batch: 7; shuffle: false; drop_last: true; quiet: true; metrics: (r2: r2(x @ w, y)) }
print(abs(l.r2[0] - r2(x[:28] @ w, y[:28])) < 1e-12)                            # expect: true
let m = train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(lr: 0.1); epochs: 1; batch: 7; quiet: true; metrics: (mse: mse(x @ w, y)) }
print(abs(m.mse[0] - m.loss[0]) < 1e-12, m.mse[0] > mse(x @ w, y))              # expect: true true
