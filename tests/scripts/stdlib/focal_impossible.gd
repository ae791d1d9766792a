# A class with a logit of -inf cannot be: it costs nothing and has no gradient, in focal as in cross_entropy.
for labels in list([0], [[1, 0, 0]]) {
  for gamma in [0, 0.5, 1, 2] {
    let f = fn(z) = focal(z, labels, gamma: gamma)
    assert(all(abs(grad(f)([[1, 2, -inf]]) - grad(f)([[1, 2, -100]])) < 1e-6) and abs(f([[1, 2, -inf]]) - f([[1, 2, -100]])) < 1e-6, "gamma {gamma}")
  }
}
print(grad(fn(z) = focal(z, [0], gamma: 0))([[1, 2, -inf]]))   # expect: [[-0.731059, 0.731059, 0]]
print(focal([[1, 2, -inf]], [2]))   # expect: inf
