# Params and parts of models that the function reads have the script's names.
let (w, net) = (param([1, 2]), Dense(2, 1))
fn f(x) = sum(w * x^2)
explain(grad(f), [1, 2])        # expect: ∂f/∂x = 2 * x * w
# expect: checked against the gradient at these values: equal
fn g(x) = sum(net(x[none])^2)
explain(grad(g), [1, 2])        # expect: ∂g/∂x = 2 * reshape((x @ net.W + net.b) @ net.W', 2)
# expect: checked against the gradient at these values: equal
fn make() { let q = param([3, 4]); fn k(x) = sum(q * x); k }
explain(grad(make()), [1, 2])   # expect: ∂k/∂x = q
# expect: checked against the gradient at these values: equal
