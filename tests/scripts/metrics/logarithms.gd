# The logarithms of probabilities are known as such: a net may end in log_sigmoid or log_softmax.
let (z, y, pair) = ([-1, 2, 0.3, 0.2], [0, 1, 0, 1], [[1, 0], [0, 2], [3, 1], [2, 0]])
fn all_of(s) = (accuracy(s, y), f1(s, y), precision(s, y), recall(s, y), auc(s, y), average_precision(s, y), "{calibration(s, y):.5f}")
print(all_of(log_sigmoid(z)) == all_of(z), all_of(log_softmax(pair)[:, 1]) == all_of(pair[:, 1] - pair[:, 0]))   # expect: true true
print(accuracy(log_softmax(pair)[:, 1], y), accuracy(log(sigmoid(z) + 1e-9), y), accuracy(maximum(log_sigmoid(z), -100), y), accuracy(concat(log_sigmoid(z), log_sigmoid(z)), concat(y, y)))   # expect: 0.75 0.75 0.75 0.75
print("{calibration(log_softmax(pair), y) - calibration(pair, y):.4f} {perplexity(log_softmax(pair), y) - perplexity(pair, y):.4f}")   # expect: 0.0000 0.0000
let w = param(1)
let h = train w on (z, y) in dataset(z, y) { loss: binary_cross_entropy(w * z, y); optimizer: GD(lr: 0); epochs: 1; quiet: true; metrics: (a: accuracy(log_sigmoid(w * z), y), c: calibration(log_sigmoid(w * z), y)) }
print(h.a[0] == accuracy(z, y), abs(h.c[0] - calibration(z, y)) < 1e-6)   # expect: true true

# what a bound outside makes of a probability is none
let p = sigmoid(z)
print(is_probability(clamp(p, 2, 3)), is_probability(maximum(p, z)), is_probability(maximum(p, 4)), is_probability(minimum(z, p)), is_probability(minimum(p, -1)), is_probability(maximum(log_sigmoid(z), 1), log: true))   # expect: false false false false false false
print(is_probability(clamp(p, 0.01, 0.99)), is_probability(maximum(1e-6, p)), is_probability(minimum(p, p)), is_probability(clamp(log(p), -9, 0), log: true))   # expect: true true true true
let twice = binary_cross_entropy(log_sigmoid(z), y)   # expect stderr: here it gets logarithms of probabilities: leave the log_sigmoid out
