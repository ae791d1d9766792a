# det has a gradient where it is 0: the adjugate, transposed; and gradients of that at every order.
fn near(a, b) = max(abs(a - b)) < 1e-5
print(det([[1, 2], [2, 4]]))                                                            # expect: 0
print(near(grad(det)([[1.0, 2], [2, 4]]), [[4, -2], [-2, 1]]))                          # expect: true
print(near(grad(det)([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]), [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]]))   # expect: true
print(near(grad(det)(ones(4, 4)), zeros(4, 4)))                                         # expect: true
# of rank n - 2 the second derivative is not 0: of det(diag(0, 0, 2, 3)) in its first two entries 6
let flat = diag([0.0, 0, 2, 3])
print(hessian(det)(flat)[0, 0, 1, 1], hessian(det)(flat)[0, 1, 1, 0], max(abs(grad(det)(flat))))      # expect: 6 -6 0
# the cubic det(a + t b) of a = 0: its third derivative is 6 det(b)
let b = [[2.0, 0, 1], [1, 3, 0], [0, 1, 1]]
let g = fn(t) = det(t * b)
print(near(grad(grad(grad(g)))(0), 6 * det(b)), near(grad(g)(0.5), 3 * 0.25 * det(b)))    # expect: true true
# many matrices at once, and larger ones
print(grad(fn(a) = sum(det(a)))(stack([[1.0, 2], [2, 4]], [[0.0, 0], [0, 0]])))    # expect: [[[4, -2], [-2, 1]], [[0, 0], [0, 0]]]
precision(f64)
let a = f64(sin(reshape(arange(900), 30, 30)^2)) / 3
print(near(grad(det)(a) / det(a), inverse(a)'))                                         # expect: true
print(check_gradient(fn(a) = sum(grad(det)(a)^3), a[0:5, 0:5]))                         # expect: true
