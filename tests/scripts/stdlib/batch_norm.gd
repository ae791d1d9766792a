precision(f64)
let norm_layer = BatchNorm(2)
let x = [[1, 10], [3, 30], [5, 20]]
let h = train norm_layer on a in dataset(x) { loss: mean(norm_layer(a)^2); optimizer: GD(lr: 0); steps: 1; quiet: true }
print("{h.loss[0]:.3f}")                                          # expect: 1.000
print("{norm_layer.mean_:.2f} {norm_layer.variance_:.2f}")        # expect: [0.30, 2.00] [1.30, 10.90]
