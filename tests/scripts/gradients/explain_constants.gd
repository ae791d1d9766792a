# What the script has no word for reads as its elements, or is told of; operators and moves as the language writes them.
let (x, d) = ([[1, 2], [3, 4]], moons(20))
explain(grad(fn(w) = cross_entropy(x @ w, [0, 1])), [[1, 2], [3, 4]])
# expect: ∂f/∂w = x' @ (softmax(x @ w) - [[1, 0], [0, 1]]) / len(x)
# expect ~ checked .*
explain(grad(fn(w) = cross_entropy(d.x @ w, d.y)), [[1, 2], [3, 4]])
# expect: ∂f/∂w = d.x' @ (softmax(d.x @ w) - one_hot(d.y, 2)) / len(d.x)
# expect ~ checked .*
explain(grad(fn(a) = sum(linspace(0, 9, 40) * a^2)), 2)
# expect: ∂f/∂a = 360 * a
# expect ~ checked .*
explain(grad(fn(w) = mse(standardize(d).x @ w, d.y)), [1, 2])
# expect: ∂f/∂w = 2 * c1' @ (c1 @ w - d.y) / len(c1)
# expect:     where c1 = a constant, f32 [20, 2], in line 12
# expect ~ f decides .*
# expect ~ checked .*
explain(grad(fn(a) = sum(sort(a) * [1, 2, 3])), [2, 1, 3])
# expect: ∂f/∂a = scatter_add(zeros(3), argsort(a), [1, 2, 3], axis: 0)
# expect ~ checked .*
explain(grad(fn(a, b) = a^b), 2, 3)
# expect: ∂f/∂a = b * a^where(b == 0, 1, b - 1)
# expect ~ checked .*
explain(grad(grad(fn(a) = sin(a)^2)), 2)
# expect: ∂grad(f)/∂a = 2 * (cos(a)^2 - sin(a)^2)
# expect ~ checked .*
explain(grad(fn(w) = sum(w[:, [1, 0]]^2)), [[1, 2], [3, 4]])
# expect: ∂f/∂w = scatter_add(zeros(2, 2), [1, 0], (2 * w[:, [1, 0]])')'
# expect ~ checked .*
