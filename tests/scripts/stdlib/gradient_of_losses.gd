precision(f64)
let p = [[0.3, -0.2], [1.1, 0.4]]
let y = [[0.1, 0.9], [0.7, 0.2]]
print(check_gradient(fn(x) = mse(x, y), p), check_gradient(fn(x) = huber(x, y, delta: 0.5), p))           # expect: true true
print(check_gradient(fn(x) = cross_entropy(x, [0, 1]), p), check_gradient(fn(x) = binary_cross_entropy(x, y), p))   # expect: true true
print(check_gradient(fn(x) = cosine_loss(x, y), p), check_gradient(fn(x) = kl_divergence(softmax(x), y), p))        # expect: true true
print(check_gradient(fn(x) = triplet(x, y, -y, margin: 3), p), check_gradient(fn(x) = contrastive(x, y, [1, 0], margin: 3), p))   # expect: true true
let counts = [[2, 0], [1, 3]]
print(check_gradient(fn(x) = poisson(x, counts), p), check_gradient(fn(x) = log_cosh(x, y, weights: [1, 3]), p))    # expect: true true
print(check_gradient(fn(x) = quantile_loss(x, y, q: 0.3), p), check_gradient(fn(x) = info_nce(x, y), p))            # expect: true true
print(check_gradient(fn(x) = focal(x, [0, 1], gamma: 1.5), p), check_gradient(fn(x) = cross_entropy(x, [0, -1], ignore: -1, smoothing: 0.1), p))   # expect: true true
