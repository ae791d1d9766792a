# What a sigmoid or softmax made is taken as it is, in every metric and through what only moves it.
fn handmade(z) = 1 / (1 + exp(-z))
let z = [-2, 1, 0.3]
let y = [0, 1, 1]
let p = sigmoid(z)
print(accuracy(p, y), f1(p, y), precision(p, y), recall(p, y), confusion_matrix(p, y))   # expect: 1 1 1 1 [[1, 0], [0, 2]]
print(accuracy(p[:, none], y), accuracy(clamp(f64(p), 0, 1), y), accuracy(1 - p, 1 - y), accuracy(p[[2, 0]], y[[2, 0]]), accuracy(p[1:2], y[1:2]))   # expect: 1 1 1 1 1
print(calibration(p, y) == calibration(z, y))   # expect: true
let s = [[1, 0], [0, 2], [1, 3]]
print(accuracy(softmax(s)[:, 1], y), "{perplexity(softmax(s), y) - perplexity(s, y):.4f}", "{calibration(softmax(s), y) - calibration(s, y):.4f}")   # expect: 1 0.0000 0.0000
print(accuracy(argmax([[1, 0, 4], [0, 2, 0], [3, 2, 1]], axis: 1), [2, 1, 1]) * 3)   # expect: 2
print(attempt(fn() = f1(i32([0, 2, 1]), [0, 1, 1]) < 1).value)   # expect: true

# of an ensemble
print(accuracy((p + sigmoid(z + 0.1)) / 2, y), accuracy(0.5 * p + 0.5 * p, y), accuracy(mean(stack(p, p, p), axis: 0), y), accuracy(sum(stack(p, p), axis: 0) / 2, y))   # expect: 1 1 1 1
print(is_probability(p + p), is_probability(p * 2), is_probability((p + p) / 3), is_probability(p - p), is_probability(-p), is_probability((p + z) / 2))   # expect: false false true false false false

# one that was changed by hand is not one any more, and what only looks like one is told
p[0] = 0.5
print(accuracy(p, y))   # expect: 0.666667
print(accuracy([0.2, 0.9, 0.7], y))   # expect: 0.666667
# expect stderr: accuracy takes these scores for logits, but they look like probabilities

# in a training, where the sigmoid is part of the step
let d = moons(100, noise: 0.1)
let net = chain(Dense(2, 8), tanh, Dense(8, 1))
let h = train net on (x, y) in d {
  loss: binary_cross_entropy(net(x)[:, 0], y)
  optimizer: Adam(lr: 0.02)
  epochs: 5
  batch: 16
  metrics: (plain: accuracy(net(x)[:, 0], y), made: accuracy(sigmoid(net(x)[:, 0]), y), hand: accuracy(handmade(net(x)), y), f: f1(sigmoid(net(x)), y))
}
print(h.plain[-1] == h.made[-1], h.plain[-1] == h.hand[-1], h.f[-1] > 0.5)   # expect: true true true
