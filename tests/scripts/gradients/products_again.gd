# Third derivatives of a product, with any number of zeros among the factors.
precision(f64)
print(grad(fn(c) = grad(fn(b) = grad(fn(a) = prod([a, b, c]))(0.0))(0.0))(0.0))    # expect: 1
fn plain(x) = x[0] * x[1] * x[2] * x[3]
fn third(f, x) = jacobian(hessian(f))(x)
fn same(f) = all([all(third(f, x) == third(plain, x)) for x in list([0, 0, 0, 0], [1, 0, 3, 0], [1, 0, 3, 4], [1, 2, 3, 4])])
print(same(prod), same(fn(x) = prod(reshape(x, 2, 2), axis: 1, keep: true)[0, 0] * x[2] * x[3]))    # expect: true true
print(same(fn(x) = prod(reshape(x, 2, 2))), same(fn(x) = prod(prod(reshape(x, 2, 2), axis: 0))))    # expect: true true
# none of nothing
print(hessian(fn(x) = prod(x[0:0]) + prod(x[0:1])^2)([3.0, 2]))                                     # expect: [[2, 0], [0, 0]]
