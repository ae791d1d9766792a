# Gradients as formulas, as a textbook prints them.
let x = [[1, 2], [3, 4], [5, 7]]
let y = [0, 1, 1]
fn logistic(w, b) = binary_cross_entropy(x @ w + b, y)
explain(grad(logistic, wrt: (0, 1)))
# expect: ∂logistic/∂w = x' @ (sigmoid(x @ w + b) - y) / len(x)
# expect: ∂logistic/∂b = mean(sigmoid(x @ w + b) - y)
# expect ~ checked against the gradient at drawn values: .*
fn layer(W, b) = cross_entropy(x @ W + b, y)
explain(grad(layer, wrt: ("W", "b")))
# expect: ∂layer/∂W = x' @ (softmax(x @ W + b) - one_hot(y, 3)) / len(x)
# expect: ∂layer/∂b = mean(softmax(x @ W + b) - one_hot(y, 3), axis: 0)
# expect ~ checked .*
explain(grad(tanh))
# expect: ∂tanh/∂x = 1 - tanh(x)^2
# expect ~ checked .*
fn rosenbrock(p) = (1 - p[0])^2 + 100 * (p[1] - p[0]^2)^2
explain(grad(rosenbrock))
# expect: ∂rosenbrock/∂p[0] = -400 * p[0] * (p[1] - p[0]^2) - 2 * (1 - p[0])
# expect: ∂rosenbrock/∂p[1] = 200 * (p[1] - p[0]^2)
# expect ~ checked .*

# arguments are made up so that the gradient says something: of a number std is 0, and norm its sign
fn spread(x) = logsumexp(x)
explain(grad(spread))
# expect: ∂spread/∂x = exp(x - where(logsumexp(x) == -inf, 0, logsumexp(x)))
# expect ~ checked .*
explain(grad(norm))
# expect: ∂norm/∂x = x / where(norm(x) == 0, 1, norm(x))
# expect ~ checked .*
explain(grad(fn(x) = 3 * x))
# expect: ∂f/∂x = 3
# expect ~ checked .*
