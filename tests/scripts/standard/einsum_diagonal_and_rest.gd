# A letter twice in one tensor is its diagonal; ... is any further axes, which broadcast.
let a = [[1, 2], [3, 4]]
print(einsum("ii->i", a), einsum("ii", a), einsum("iij->j", stack(a, a)))   # expect: [1, 4] 5 [4, 6]
print(einsum("...ij->...ji", stack(a, a))[1], einsum("...i", a))            # expect: [[1, 3], [2, 4]] [[1, 2], [3, 4]]
print(shape(einsum("...ij,...jk->...ik", ones(5, 1, 2, 3), ones(4, 3, 6))), einsum("...,i->...i", [1, 2], [1, 10]))   # expect: (5, 4, 2, 6) [[1, 10], [2, 20]]
print(einsum("i...,i...->...", i32(a), i32([[1], [10]])), einsum("iii->", reshape(arange(8), 2, 2, 2)))   # expect: [31, 42] 7
fn f(v) = sum(sin(einsum("ii,...i->...i", v, [[1, 2], [3, 4]])))
precision(f64)
print(check_gradient(f, [[1, 2], [3, 4]]), check_gradient(fn(v) = sum(cos(grad(f)(v))), [[1, 2], [3, 4]]))   # expect: true true
print(einsum("...i->i", a))   # expect error: `...` occurs in a tensor of `einsum`, but not in its result
