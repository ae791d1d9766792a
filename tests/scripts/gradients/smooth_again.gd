# What is smooth though it is made of kinked parts has its true second derivative at the kink; what is not has none.
fn second(f, at = 0) = grad(grad(f))(at)
fn close(a, b) = max(abs(a - b)) < 1e-5
let at = [0.0, 0]
print(second(fn(x) = abs(x)^3), second(fn(x) = maximum(x, 0)^3), second(fn(x) = relu(x)^3), second(fn(x) = abs(x)^2.5))   # expect: 0 0 0 0
print(second(fn(x) = relu(x)^2 + relu(-x)^2), second(fn(x) = relu(x) - relu(-x)), second(fn(x) = sqrt(x^2)^2))            # expect: 2 0 2
print(second(fn(x) = cos(abs(x))), second(fn(x) = abs(x) * sin(abs(x))), second(fn(x) = (clamp(x, 0, 1) - 1)^3, 1))       # expect: -1 2 0
print(second(fn(x) = x * abs(x)), second(fn(x) = relu(x)^2), second(fn(x) = abs(x)^1.5), second(fn(x) = abs(x) + x))      # expect: nan nan nan nan
print(close(second(fn(x) = norm(x * [1, 2], p: 3)^2), 2 * 9^(2 / 3)))                                                     # expect: true
# kernels of a distance, by norm and by a root
fn smooth3(r) = (1 + sqrt(3) * r) * exp(-sqrt(3) * r)
fn smooth5(r) = (1 + sqrt(5) * r + 5 / 3 * r^2) * exp(-sqrt(5) * r)
print(close(hessian(fn(x) = smooth3(norm(x)))(at), -3 * eye(2)), close(hessian(fn(x) = smooth5(sqrt(sum(x^2))))(at), -5 / 3 * eye(2)))   # expect: true true
print(any(isnan(hessian(fn(x) = exp(-norm(x)))(at))), max(abs(hessian(fn(x) = norm(x)^3)(at))))                           # expect: true 0
fn apart(x) = sum(smooth3(sqrt(sum((reshape(x, 2, 1, 2) - reshape(x, 1, 2, 2))^2, axis: -1))))
let pair = hessian(apart)([[1.0, 2], [1, 2]])
print(close(reshape(pair, 4, 4), 6 * [[-1, 0, 1, 0], [0, -1, 0, 1], [1, 0, -1, 0], [0, 1, 0, -1]]))                        # expect: true
# of two variables: where the sides meet in a point, all of them are asked
print(hessian(fn(x) = abs(x[0]) * abs(x[1]))(at), hessian(fn(x) = abs(x[0]) * abs(x[1])^3)(at))     # expect: [[0, nan], [nan, 0]] [[0, 0], [0, 0]]
print(max(abs(hessian(fn(x) = maximum(x[0], x[1]) + minimum(x[0], x[1]))([1.0, 1]))))               # expect: 0
print(hessian(fn(x) = max(x)^3)([1.0, 1]))                                                          # expect: [[nan, nan], [nan, nan]]
# products from either end, and another variable at the kink
fn cube(x) = sum(abs(x)^3)
print(hvp(cube, [0.0, 2], [1, 1]), jvp(grad(cube), [0.0, 2], [1, 1]))                               # expect: [0, 12] [0, 12]
print(jvp(grad(fn(x) = sum(abs(x))), [0.0, 2], [1, 1]), grad(grad(grad(fn(x) = abs(x)^4)))(0))      # expect: [nan, 0] 0
print(grad(fn(w) = grad(grad(fn(x) = w * abs(x)^3))(0) + grad(fn(x) = x * w)(0))(2))                # expect: 1
