# Derivatives by several arguments, and by tuples, lists and dicts.
precision(f64)
fn area(a, b) = sum(a * b)
print(grad(area, wrt: (0, 1))([1, 2], [3, 4]))      # expect: ([3, 4], [1, 2])
print(value_and_grad(area, wrt: ("b",))([1, 2], [3, 4]))   # expect: (11, ([1, 2],))
fn g(t) = t.a * sum(t.b^2)
let at = (a: 2, b: [1, 3])
print(grad(g)(at), hvp(g, at, (a: 1, b: [1, 0])))   # expect: (a: 10, b: [4, 12]) (a: 2, b: [6, 6])
print(hessian(g)(at))        # expect: [[0, 2, 6], [2, 4, 0], [6, 0, 4]]
print(jacobian(fn(t) = t["a"] * t["b"])(dict(a: 2, b: [1, 3])))   # expect: [[1, 2, 0], [3, 0, 2]]
print(jvp(fn(t) = (s: t[0] * t[1], d: t[0]), list(2, [1, 3]), list(1, [0, 1])))   # expect: (s: [1, 5], d: 1)
print(vjp(fn(t) = (s: t[0] * t[1], d: t[0]), list(2, [1, 3]), (s: [1, 1], d: 10)))   # expect: [14, [2, 2]]
let net = Dense(2, 1, bias: false)
print(shape(hessian(fn(n) = sum(n([[1, 2]])^2))(net)), hessian(fn(n) = sum(n([[1, 2]])^2))(net)[0])   # expect: (2, 2) [2, 4]
print(hessian(fn(w) = w[0, 0] * w[0, 1]^2)(param([[1, 2]]))[0, 1, 0])   # expect: [4, 2]
print(check_gradient(g, at))  # expect: true
let wrong = custom_gradient(fn(x) = x^2, fn(x, y, dy) = dy * where(arange(2) == 1, 0, 2 * x))
print(attempt(fn() = check_gradient(fn(t) = sum(wrong(t.b)), at)).error)   # expect: the gradient and central differences disagree at b[1]: 0 and 6
print(attempt(fn() = hvp(g, at, (a: 1))).error)   # expect: the two do not have the same form: at `b` a tensor on the left, nothing on the right
print(attempt(fn() = grad(area, wrt: (0, 0))([1], [2])).error)   # expect: `wrt:` names an argument twice, number 0
print(attempt(fn() = grad(fn(t) = 1)(("a", none))).error)   # expect: there is nothing to differentiate by: the argument holds no params and no tensors
