print(grad(fn(x) = x^2)([1, 2]))   # expect error ~ .
# expect stderr: [2]
