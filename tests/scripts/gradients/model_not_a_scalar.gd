# What the gradient held of the model is freed by the error (seen under the address sanitizer).
let net = chain(Dense(2, 3), Dense(3, 1))
let rows = [[1, 2], [0, 5]]
print(shape(grad(fn(m) = sum(m(rows)))(net).parts.0.W))   # expect: (2, 3)
grad(fn(m) = m(rows) * 2)(net)                           # expect error: grad needs a function that gives one number, this one gives [2, 1]
