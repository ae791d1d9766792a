precision(f64)
print(hessian(fn(p) = p[0]^2 * p[1])([1, 2]))            # expect: [[4, 2], [2, 0]]
print(jacobian(fn(x) = [x[0] * x[1], x[0]])([2, 3]))     # expect: [[3, 2], [1, 0]]
print(jvp(fn(x) = x^2, [1, 2], [1, 1]))                  # expect: [2, 4]
print(vjp(fn(x) = x^2, [1, 2], [1, 10]))                 # expect: [2, 40]
print(hvp(fn(x) = sum(x^3), [1, 2], [1, 1]))             # expect: [6, 12]
print(grad(grad(grad(fn(x) = x^4)))(2))                  # expect: 48
