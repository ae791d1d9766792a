# The subspace that a linear autoencoder finds is that of the first principal components.
precision(f64)
seed(6)
let x = randn(100, 5) * [3, 2, 0.7, 0.4, 0.2] @ orthogonal(5, 5)
x = x - mean(x, axis: 0)
let (down, up) = (param(0.3 * randn(5, 2)), param(0.3 * randn(2, 5)))
train down, up { loss: mse(x @ down @ up, x); optimizer: SGD(lr: 0.05, momentum: 0.9); steps: 3000; quiet: true }
let v = svd(x)[2][:2]                                           # rows: the components
print(max(abs(down @ up - v' @ v)) < 1e-8)                      # expect: true
print(abs(mse(x @ down @ up, x) - sum(svd(x)[1][2:]^2) / 500) < 1e-12)   # expect: true
