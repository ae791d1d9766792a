# several updates in one train: metrics over the epoch, and a validation with the sum of their losses
precision(f64)
seed(1)
let x = randn(23, 2)
let y = x @ [1, 1]
let (a, b) = (param([0.1, 0.2]), param(0.3))
let h = train on (x, y) in dataset(x, y) {
  update a { loss: mse(x @ a + b, y); optimizer: GD(lr: 0) }
  update b { loss: mae(x @ a + b, y); optimizer: GD(lr: 0) }
  epochs: 1; batch: 6; validate: dataset(x, y); quiet: true
  metrics: (r2: r2(x @ a + b, y))
}
print(abs(h.r2[0] - r2(x @ a + b, y)) < 1e-12, abs(h.val_r2[0] - h.r2[0]) < 1e-12)                # expect: true true
print(abs(h.val_loss[0] - mse(x @ a + b, y) - mae(x @ a + b, y)) < 1e-12)                           # expect: true
