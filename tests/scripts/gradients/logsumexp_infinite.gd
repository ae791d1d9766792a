# At an infinite element everything finite has the weight 0; a row of -infinity has the gradient 0.
let g = grad(logsumexp)([(1 / 0), 5.0])
print(g[1], isinf(g[0]))                              # expect: 0 false
print(grad(logsumexp)([-(1 / 0), -(1 / 0)]))                  # expect: [0, 0]
print(grad(logsumexp)([-(1 / 0), 3.0]))                   # expect: [0, 1]
