# A jacobian of few inputs and many outputs is what a vjp for each output gives, row for row: at kinks, behind guards, in any rank and dtype.
precision(f64)
fn unit(n, i) = f64(arange(n) == i)
fn rows(f, x) = map(fn(i) = vjp(fn(z) = reshape(f(z), size(f(x))), x, unit(size(f(x)), i)), 0..size(f(x)) - 1)
fn apart(f, x) = max(abs(reshape(jacobian(f)(x), size(f(x)), size(x)) - reshape(stack(rows(f, x)), size(f(x)), size(x))))

let w = reshape(sin(arange(12)), 6, 2)
print(apart(fn(x) = tanh(w @ x) * (w @ x), [0.3, -2]) < 1e-14)                      # expect: true
print(apart(fn(x) = (w @ x) @ x, [[0.3, -2], [1, 0.5]]) < 1e-14)                      # expect: true
print(shape(jacobian(fn(x) = w @ x)([[0.3, -2, 1], [1, 0.5, 3]])))                        # expect: (6, 3, 2, 3)
print(jacobian(fn(x) = x^2 * [1, 2, 3])(2))                                                # expect: [4, 8, 12]
print(jacobian(fn(x) = [x[0], x[1], x[0] * x[1]])(f32([2, 3])))                           # expect: [[1, 0], [0, 1], [3, 2]]

# kinks and ties have their subgradients, and none after that
print(jacobian(fn(x) = abs(x) * ones(3))(0), jacobian(fn(x) = relu(x) * ones(3))(0))      # expect: [0, 0, 0] [0, 0, 0]
print(jacobian(fn(x) = max(x) * ones(3))([1, 1]))                                         # expect: [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]
print(jacobian(fn(x) = norm(x) * ones(3))([0, 0]))                                        # expect: [[0, 0], [0, 0], [0, 0]]
print(jacobian(jacobian(fn(x) = abs(x) * ones(3)))(0))                                    # expect: [nan, nan, nan]
print(grad(fn(x) = sum(jacobian(fn(z) = relu(z) * ones(3))(x)))(0))                       # expect: nan
print(grad(fn(x) = sum(jacobian(fn(z) = z^3 * [1, 2, 3])(x)))(2))                         # expect: 72

# guards, and zeros that win over infinite slopes
print(jacobian(fn(x) = where(x > 0, 1 / x, 0) * ones(5))(0) == 0)                          # expect: [true, true, true, true, true]
print(jacobian(fn(x) = 0 * sqrt(x) * ones(3))(0))                                         # expect: [0, 0, 0]
print(jacobian(fn(x) = tanh(exp(x)) * ones(3))(1000))                                     # expect: [0, 0, 0]
print(jacobian(fn(x) = sqrt(x * x) * ones(3))(2), grad(grad(fn(x) = x^3))(2))             # expect: [1, 1, 1] 12

# a derivative inside, of which the seed of the columns is no zero
let ones3 = [1, 1, 1]
let count = [1, 2, 3]
print(jacobian(fn(x) = hvp(fn(z) = sum(z * z * z), x * ones3, x * count))(2))             # expect: [24, 48, 72]
print(jacobian(fn(x) = grad(fn(z) = sum(z * z * z * count))(x * ones3))(2))               # expect: [12, 24, 36]
print(jacobian(fn(x) = stack(grad(fn(z) = sum(mean(z)^2 * count))(x), x, axis: 1))([1, 3])[0])  # expect: [[3, 3], [1, 0]]
print(apart(fn(x) = ones3 * vjp(fn(z) = z^3, x * x, x) + count * relu(x), 2) < 1e-12)     # expect: true
