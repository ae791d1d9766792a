precision(f64)
let (z, y) = ([[0.2, -1, 0.5], [1.5, 0.3, -0.4], [0, 0.1, 2]], [0, 2, 1])
# By hand: nine tenths of the label's share, a thirtieth for each class.
let by_hand = mean(sum((0.9 * one_hot(y, 3) + 1 / 30) * -log_softmax(z), axis: 1))
print(abs(cross_entropy(z, y, smoothing: 0.1) - by_hand) < 1e-15)                  # expect: true
# A class that cannot be gets no share.
print(abs(cross_entropy([[1, 2, -inf]], [0], smoothing: 0.2) - cross_entropy([[1, 2]], [0], smoothing: 0.2)) < 1e-15)   # expect: true
print(focal(z, y, gamma: 0) - cross_entropy(z, y))                                 # expect: 0
let p = softmax(z)
let of_label = p[0, 0] * [1, 0, 0] + p[1, 2] * [0, 1, 0] + p[2, 1] * [0, 0, 1]
print(abs(focal(z, y, gamma: 1.5) - mean(-(1 - of_label)^1.5 * log(of_label))) < 1e-15)   # expect: true
