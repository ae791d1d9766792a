# f64 predictions cost what they do under precision(f64).
let (x, z) = (f64([[0.1, 0.7, -0.3], [0.2, -0.6, 0.9]]), f64([[0.3, 0.1, 0.5], [0.7, 0.2, 0.6]]))
let losses = list(fn(x) = mse(x, z), fn(x) = mae(x, z), fn(x) = huber(x, z), fn(x) = log_cosh(x, z), fn(x) = poisson(x, z), fn(x) = quantile_loss(x, z, 0.3),
  fn(x) = cross_entropy(x, [0, 2]), fn(x) = cross_entropy(x, [0, 2], smoothing: 0.1), fn(x) = cross_entropy(x, [0, 2], ignore: 2), fn(x) = binary_cross_entropy(x, z),
  fn(x) = focal(x, [0, 2], gamma: 1.3), fn(x) = hinge(x, sign(x)), fn(x) = squared_hinge(x, sign(x)), fn(x) = nll(log_softmax(x), [0, 2]),
  fn(x) = kl_divergence(softmax(z), softmax(x)), fn(x) = triplet(x, z, 1 - z), fn(x) = info_nce(x, z))
fn costs() = [stack(f(x), sum(grad(f)(x)^2)) for f in losses]
let plain = costs()
precision(f64)
print(len(losses), dtype(plain), all(plain == costs()))   # expect: 17 f64 true
