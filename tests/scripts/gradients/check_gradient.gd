precision(f64)
print(check_gradient(fn(x) = sum(sin(x) * x), [0.5, 1.5]))   # expect: true
