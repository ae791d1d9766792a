# At a kink the mixed second derivative is missing too: NaN, also by vmap and within a training, where no limit is looked for.
precision(f64)
fn both(v) = abs(v[0]) * abs(v[1])
print(hessian(both)([0.0, 0]), vmap(hessian(both))([[0.0, 0], [1, 2]]))   # expect: [[0, nan], [nan, 0]] [[[nan, nan], [nan, nan]], [[0, 1], [1, 0]]]
print(vmap(fn(v) = hvp(both, v, [0, 1]))([[1.0, 0], [1, -2]]))   # expect: [[nan, nan], [-1, 0]]
print(vmap(hessian(fn(v) = relu(v[0]) * v[1]))([[0.0, 1], [1, 2], [-1, 2]]))   # expect: [[[nan, nan], [0, 0]], [[0, 1], [1, 0]], [[0, 0], [0, 0]]]
let p = param([0.0, 3])
let h = train p { loss: grad(fn(v) = relu(v[0]) * v[1])(p)[1] + grad(fn(v) = relu(v[0]) * v[1])(p)[0]; optimizer: GD(lr: 1); steps: 1; on_divergence: "stop"; quiet: true }
print(p, h.stopped)   # expect: [0, 3] diverged
# what is smooth stays: a kink squared away, one by a guard or a weight out of the value, one at which nothing moves
print(vmap(hessian(fn(w) = abs(w[0] - 1)^2 * w[1]))([[1.0, 2]]))   # expect: [[[4, 0], [0, 0]]]
print(vmap(hessian(fn(w) = where(w[0] > 1, abs(w[0] - 1), 0) * w[1]))([[1.0, 2]]))   # expect: [[[0, 0], [0, 0]]]
print(vmap(hessian(fn(w) = 0 * abs(w[0] - 1) * w[1]))([[1.0, 2]]))   # expect: [[[0, 0], [0, 0]]]
# dead units: equal, but no tie, and 0, but no kink of the unit after
let x = [[-1.0, 2], [-3, -0.5]]
print(vmap(hessian(fn(w) = sum((max(relu(x * w[0]), axis: 1) * w[1])^2)))([[1.0, 2]]))   # expect: [[[32, 32], [32, 8]]]
print(vmap(hessian(fn(w) = sum(relu(relu(x * w[0]) * 2) * w[1])))([[1.0, 2]]))   # expect: [[[0, 4], [4, 0]]]
print(vmap(hessian(fn(w) = maximum(relu(-w[0]), relu(-2 * w[0])) * w[1]))([[1.0, 2]]))   # expect: [[[0, 0], [0, 0]]]
# a step (sign, floor) is flat in every derivative, at its jump too; `where` has the derivatives of what it chose
print(grad(grad(fn(x) = sign(x) * x^2))(0), grad(grad(fn(x) = where(x > 0, x^2, -x^2)))(0))   # expect: 0 -2
# first derivatives at kinks are by choice, as ever
print(grad(abs)(0), grad(relu)(0), grad(fn(x) = max([1, 1] * x))(2), grad(fn(x) = clamp(x, 0, 1))(1))   # expect: 0 0 1 1
