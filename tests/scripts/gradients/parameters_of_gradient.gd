# A gradient lists its tensors by the names of the params.
let net = chain(Dense(2, 3), tanh, Dense(3, 1))
let g = grad(fn(m) = mse(m(ones(4, 2)), ones(4, 1)))(net)
print([n for (n, v) in parameters(g)] == [n for (n, v) in parameters(net)])   # expect: true
print(shape(parameters(g)[0][1]), parameters((a: 1, b: "s", c: [2, 3])))   # expect: (2, 3) [("a", 1), ("c", [2, 3])]
