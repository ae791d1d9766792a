# Of a model, at given arguments, of data sets, with numbers of the script by name.
let d = dataset([[1, 2], [3, 4], [5, 7]], [[1], [0], [1]])
let rate = 0.01
let net = Dense(2, 1)
fn ridge(net) = mse(net(d.x), d.y) + rate * l2(net)
explain(grad(ridge), net)
# expect: ∂ridge/∂net.W = 2 * rate * net.W + 2 * d.x' @ (d.x @ net.W + net.b - d.y) / len(d.x)
# expect: ∂ridge/∂net.b = 2 * rate * net.b + 2 * mean(d.x @ net.W + net.b - d.y, axis: 0)
# expect ~ checked against the gradient at these values: .*
explain(grad(fn(x, y) = x^2 * y + log(y), wrt: (0, 1)))
# expect: ∂f/∂x = 2 * x * y
# expect: ∂f/∂y = 1 / y + x^2
# expect ~ checked .*
fn powers(x) {
  let s = 0
  for i in 1..3 { s = s + x^i }
  s
}
explain(value_and_grad(powers), 2)
# expect: ∂powers/∂x = 3 * x^2 + 2 * x + 1
# expect ~ checked .*
print(rate, d.x[0])   # expect: 0.01 [1, 2]
assert("no one number" in attempt(fn() = explain(grad(fn(v) = error("no one number")))).error)
explain(powers)       # expect error: explain needs a gradient
