# Derivatives of x^y by both, where an exponent is or becomes 0.
precision(f64)
print(hessian(fn(x) = x[0]^x[1])([3, 0]))                                     # expect: [[0, 0.333333], [0.333333, 1.20695]]
print(hessian(fn(x) = sum((x + 3)^x))([0.0]), log(3)^2 + 2 / 3)               # expect: [[1.87362]] 1.8736156274792486
let third = jacobian(fn(z) = hvp(fn(x) = x[0]^x[1], z, [1, -2]))([2, 1])
print(third, max(abs(third - third')) < 1e-12)                                # expect: [[-1, -3.23349], [-3.23349, 0.534649]] true
print(grad(fn(x) = x[0]^x[1])([0, 0]), grad(fn(x) = x[0]^x[1])([3, 0]))       # expect: [0, 0] [0, 1.09861]
# in x alone it is a polynomial, at 0 too
print(hessian(fn(x) = sum(x[0]^arange(4)))([0.0]))                            # expect: [[2]]
