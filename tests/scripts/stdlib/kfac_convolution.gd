# KFAC of a convolution, and of a layer in two places, against formulas worked out by hand (Grosse and Martens, 2016, but for G's factor).
precision(f64)
seed(4)
let image = randn(5, 2, 4, 3)
fn damped(A, G) {
  let ratio = sqrt(trace(A) / len(A) / (trace(G) / len(G)))
  (inverse(A + ratio * 0.1 * eye(len(A))), inverse(G + 0.1 / ratio * eye(len(G))))
}
let layer = Conv2d(2, 3, 2)
let (K, b) = (copy(layer.kernel), copy(layer.b))
train layer { loss: mean(layer(image)^2); optimizer: KFAC(lr: 1, momentum: 0, damping: 0.01, bound: inf); steps: 1; quiet: true }
let seen = []   # what the window sees in each place, by cases and places
for n in 0..4 {
  for i in 0..2 {
    for j in 0..1 { seen = push(seen, flatten(image[n:n + 1, :, i:i + 2, j:j + 2])[0]) }
  }
}
let x = concat(stack(seen...), ones(30, 1), axis: 1)
let W = concat(reshape(K, 3, 8)', b[none, :], axis: 0)
let slope = 2 * (x @ W) / 90
let (A, G) = (x' @ x / 30, 30 * slope' @ slope)
let (left, right) = damped(A, G)
let d = left @ (x' @ slope) @ right
print(max(abs(reshape(layer.kernel, 3, 8)' - (W - d)[0:8])) < 1e-12, max(abs(layer.b - (W - d)[8])) < 1e-12)   # expect: true true
let w = param(0.5 * randn(3, 3))
let (v, z) = (copy(w), randn(7, 3))
train w { loss: mean((tanh(z @ w) @ w)^2); optimizer: KFAC(lr: 1, momentum: 0, damping: 0.01, bound: inf); steps: 1; quiet: true }
let h = tanh(z @ v)
let out = 2 * (h @ v) / 21
let back = (out @ v') * (1 - h^2)
let rows = concat(z, h, axis: 0)
let slopes = concat(back, out, axis: 0)
let (first, second) = damped(rows' @ rows / 14, 14 * slopes' @ slopes)
print(max(abs(w - (v - first @ (rows' @ slopes) @ second))) < 1e-12)   # expect: true
