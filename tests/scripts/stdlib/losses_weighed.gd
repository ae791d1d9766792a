# A row's weight counts for all of its elements, and the mean is over the sum of weights.
precision(f64)
let (p, y, w) = ([[1, 2], [3, 5], [0, 4]], [[0, 0], [1, 2], [9, 9]], [1, 3, 0])
print(mse(p, y, weights: w), ((1 + 4) / 2 + 3 * (4 + 9) / 2) / 4)       # expect: 5.5 5.5
print(mse(p, y, weights: [[1, 1], [3, 3], [0, 0]]), mae(p, y, weights: w, reduce: "sum"))   # expect: 5.5 18
print(mse(p, y, reduce: "none"), hinge([0.5, 3], [1, 1], weights: [2, 2], reduce: "none"))  # expect: [[1, 4], [4, 9], [81, 25]] [1, 0]
let (z, c) = ([[0, 1, 2], [3, 1, 0], [1, 1, 1]], [2, 0, 1])
let rows = cross_entropy(z, c, reduce: "none")
let by_class = [0.2, 0.3, 0.5]
print(abs(cross_entropy(z, c, weights: by_class[c]) - sum(by_class[c] * rows)) < 1e-15)     # expect: true
print(shape(rows), shape(kl_divergence(softmax(z), softmax(z), reduce: "none")), shape(triplet(z, z, z, reduce: "none")))   # expect: (3,) (3,) (3,)
# An infinite value of weight 0 counts nothing.
print(cross_entropy([[0, -inf], [0, 0]], [1, 0], weights: [0, 1]) == log(2))               # expect: true
# Of sequences a weight is for the whole row, or for each label.
let s = zeros(2, 3, 4)
print(cross_entropy(s, zeros(2, 3), weights: [1, 0]) == cross_entropy(s, zeros(2, 3), weights: [[1, 1, 1], [0, 0, 0]]))     # expect: true
