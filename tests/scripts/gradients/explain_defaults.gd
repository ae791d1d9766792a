# A number that is a parameter's default is in the formula by the parameter's name.
fn sc(x, k = 3) = k * x^2
explain(grad(sc))
# expect: ∂sc/∂x = 2 * k * x
# expect: checked against the gradient at drawn values: equal
fn total(x, axis = 0, scale = 2) = sum(sum(x, axis: axis)) * scale
explain(grad(total))
# expect: ∂total/∂x = 2
# expect: checked against the gradient at drawn values: equal
explain(grad(sc), 2)
# expect: ∂sc/∂x = 6 * x
# expect: checked against the gradient at these values: equal
