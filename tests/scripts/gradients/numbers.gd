precision(f64)
print(grad(fn(x) = x^3)(2), grad(grad(fn(x) = x^3))(2))   # expect: 12 12
print(grad(sin)(0), grad(fn(x) = 3)(5))                    # expect: 1 0
