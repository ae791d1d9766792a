# Whatever p: no power of a long vector overflows, none of a tiny one vanishes.
fn near(a, b) = all(abs(a - b) <= 1e-5 * abs(b))
print(near(norm([2e20, 1e20], p: 3), 9^(1 / 3) * 1e20), near(norm([2e-25, 1e-25], p: 3), 9^(1 / 3) * 1e-25))   # expect: true true
print(near(norm([3e37, 3e37], p: 1.5), 2^(2 / 3) * 3e37), near(norm(f64([1e200, 1e200]), p: 10), 2^0.1 * 1e200))   # expect: true true
print(near(norm([[1e30, 0], [1e-30, 0]], p: 4, axis: 1), [1e30, 1e-30]), shape(norm([[1, 2]], p: 3, axis: 1, keep: true)))   # expect: true (1, 1)
print(norm([0, 0], p: 3), norm(zeros(0), p: 3), norm([1, inf], p: 3), norm([1, nan], p: 3), norm([-inf, 0], p: 0.5))   # expect: 0 0 inf nan inf
let g = grad(fn(x) = norm(x, p: 3))
print(near(g([2e20, 1e20]), g([2, 1])), near(g([2e-25, 1e-25]), g([2, 1])), g([0, 0]))   # expect: true true [0, 0]
let h = hessian(fn(x) = norm(x, p: 3))
print(near(h(f64([2, 1])) / 1e20, h(f64([2e20, 1e20]))))   # expect: true
