# an epoch cut short has the metrics of the rows that were met, be it one row or all minibatches of one row
precision(f64)
let x = reshape(sin(arange(17) * 2), 17, 1)
let y = cos(arange(17))
let w = param([0.3])
let h = train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(lr: 0); steps: 3; batch: 5; shuffle: false; quiet: true; metrics: (r2: r2(x @ w, y)) }
print(abs(h.r2[0] - r2(x[:15] @ w, y[:15])) < 1e-12)      # expect: true
let one = train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(lr: 0); steps: 4; batch: 1; shuffle: false; quiet: true; metrics: (r2: r2(x @ w, y), mean: mean(y), std: std(x @ w)) }
print(abs(one.r2[0] - r2(x[:4] @ w, y[:4])) < 1e-12, abs(one.mean[0] - mean(y[:4])) < 1e-12, abs(one.std[0] - std(x[:4] @ w)) < 1e-12)   # expect: true true true
let s = train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(lr: 0); epochs: 3; batch: 5; shuffle: false; quiet: true; stop: step == 2; metrics: (r2: r2(x @ w, y)) }
print(abs(s.r2[0] - r2(x[:10] @ w, y[:10])) < 1e-12)      # expect: true
