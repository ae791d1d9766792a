# Operations with settings, numbers in their place and elements of a gradient: complete, or said not to be.
explain(grad(fn(x) = x[1, 0]), [[1, 2], [3, 4]])
# expect: ∂f/∂x[1, 0] = 1
# expect: elements that are not named have the gradient 0
# expect: checked against the gradient at these values: equal
explain(grad(fn(x) = sum(x[0]^2)), [[1, 2], [3, 4]])
# expect: ∂f/∂x[0:1, :] = 2 * x[0, :]
# expect: elements that are not named have the gradient 0
# expect: checked against the gradient at these values: equal
explain(grad(fn(x) = sum(x[::2])), [1, 2, 3])
# expect: ∂f/∂x = place(zeros(3), ones(2), …)
# expect: checked against the gradient at these values: equal
explain(grad(fn(x) = sum(cumsum(x)^2)), [1, 2])
# expect: ∂f/∂x = flip(cumsum(flip(2 * cumsum(x))))
# expect: checked against the gradient at these values: equal
explain(grad(fn(x) = sum(inverse(x))), [[2, 0], [0, 4]])
# expect: ∂f/∂x = -inverse(x)' @ ones(2, 2) @ inverse(x)'
# expect: checked against the gradient at these values: equal
explain(grad(fn(x) = sum(softmax(x, axis: 0)^2)), [[1, 2], [4, 4]])
# expect: ∂f/∂x = 2 * softmax(x, axis: 0) * (softmax(x, axis: 0) - sum(softmax(x, axis: 0)^2, axis: 0, keep: true))
# expect: checked against the gradient at these values: equal
explain(grad(fn(x) = trace(x @ x)))
# expect: ∂f/∂x = diag(ones(2)) @ x' + x' @ diag(ones(2))
# expect: checked against the gradient at drawn values: equal
explain(grad(fn(x) = sum(windows(x, 2))), [3, 1, 4])
# expect: ∂f/∂x = scatter_add(zeros(3), reshape(arange(2), 2, 1) + reshape(arange(2), 1, 2), ones(2, 2))
# expect: checked against the gradient at these values: equal
fn size(x) = if x > 0 { x^2 } else { -x }
explain(grad(size))
# expect: ∂size/∂x = 2 * x
# expect: size decides by values: these are its formulas at drawn values
# expect: checked against the gradient at drawn values: equal
explain(grad(fn(x) = x[1:3][0] + x[2]), [3, 1, 4])
# expect: ∂f/∂x[2] = 1
# expect: ∂f/∂x[1:3] = pad(ones(1), 0, 1)
# expect: an element named twice has the sum of both
# expect: elements that are not named have the gradient 0
# expect: checked against the gradient at these values: equal
