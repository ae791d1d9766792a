# Subgradients that are documented: abs 0, relu 0, norm 0; ties of max share or take one, and sum to 1.
precision(f64)
print(grad(abs)(0), grad(relu)(0), grad(fn(x) = norm(x))([0, 0]))   # expect: 0 0 [0, 0]
print(sum(grad(fn(x) = max(x))([2, 2])), 0^0, grad(fn(x) = x^0)(0)) # expect: 1 1 0
print(isinf(grad(sqrt)(0)))                                          # expect: true
