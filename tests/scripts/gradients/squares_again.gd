# What is smooth though it is made of something with a kink has its true second derivative.
fn is(a, b) = max(abs(a - b)) < 1e-5
let at = [0.0, 0]
print(is(hessian(fn(x) = norm(x)^2)(at), 2 * eye(2)), is(hessian(fn(x) = norm(x) * norm(x))(at), 2 * eye(2)))             # expect: true true
print(is(hessian(fn(x) = exp(-norm(x)^2 / 2))(at), -eye(2)), is(hessian(fn(x) = hypot(x[0], x[1])^2)(at), 2 * eye(2)))    # expect: true true
print(is(hessian(fn(x) = sqrt(sum(x^2))^2)(at), 2 * eye(2)), is(hessian(fn(x) = (3 * norm(x))^2)(at), 18 * eye(2)))       # expect: true true
print(is(hessian(fn(x) = std(x)^2)([1.0, 1]), hessian(var)([1.0, 1])))                                                    # expect: true
fn second(f) = grad(grad(f))(0)
print(second(fn(x) = abs(x)^2), second(fn(x) = abs(x) * abs(x)), second(fn(x) = maximum(x, -x)^2), second(fn(x) = sqrt(x^2)^2))    # expect: 2 2 2 2
print(second(fn(x) = abs(x)^4), grad(fn(x) = abs(x) * sign(x))(0))                                                        # expect: 0 1
# huber is d^2 / 2 near 0, straight beyond delta, and has no second derivative between the two
print(hessian(fn(x) = huber(x, [1, 2]))([1.0, 2]))                        # expect: [[0.5, 0], [0, 0.5]]
print(hessian(fn(x) = huber(x, [0, 3], delta: 2))([0.5, 0.5]))            # expect: [[0.5, 0], [0, 0]]
print(isnan(hessian(fn(x) = huber(x, [0, 1]))([0.5, 0])[1, 1]))           # expect: true
print(hessian(fn(x) = contrastive(x, [[0, 0]], [1]))([[0.0, 0]])[0, :, 0, :])        # expect: [[1, 0], [0, 1]]
fn matern(x) { let r = sqrt(sum(x^2)); (1 + r) * exp(-r) }
print(is(hessian(matern)(at), -eye(2)), is(hessian(matern)([3.0, 4]), exp(-5) * [[0.8, 2.4], [2.4, 2.2]]))     # expect: true true
