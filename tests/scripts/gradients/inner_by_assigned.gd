# A gradient by params whose values are expressions of an outer derivative: reshaped, copied, or f's own result.
precision(f64)
model M() { param k = [[0.5], [-0.3]] }
let m = M()
let f = fn(m) = sum(reshape(m.k, 2)^4)
fn slope(m) = sum(grad(f)(m).k^2)   # 16 k^6
let v = 0 * m + 1
print(grad(slope)(m).k, hvp(slope, m, v).k, jvp(slope, m, v))   # expect: [[3], [-0.23328]] [[30], [3.888]] 2.76672
print(hessian(slope)(m), vjp(slope, m, 1.0).k, jvp(grad(f), m, v).k)   # expect: [[30, 0], [0, 3.888]] [[3], [-0.23328]] [[3], [1.08]]
fn made(z) {
  let c = copy(m)
  c.k = reshape(z, 2, 1)
  sum(grad(f)(c).k^2)
}
print(grad(made)([0.5, -0.3]), vmap(grad(made))([[0.5, -0.3], [1, 0]]))   # expect: [3, -0.23328] [[3, -0.23328], [96, 0]]
let z = param([0.5, -0.3])
train z { loss: made(z); optimizer: GD(lr: 1); steps: 1; quiet: true }
print(z)   # expect: [-2.5, -0.06672]
fn beside(m) {   # the copy alone, not what it was copied from
  let c = copy(m)
  grad(fn(c) = sum(c.k * m.k))(c).k
}
print(jacobian(fn(m) = sum(beside(m)))(m))   # expect: [1, 1]
fn assigns(z) {   # what f assigns stays
  let c = copy(m)
  c.k = reshape(z, 2, 1)
  let g = grad(fn(c) { c.k = c.k * 2; f(c) })(c).k
  sum(g) + sum(c.k)
}
print(grad(assigns)([0.5, -0.3]))   # expect: [50, 19.28]
# the result is the param itself
model N() { param s = 2.0; param k = ones(2, 1) }
let n = N()
print(jvp(fn(n) = n.s, n, 0 * n + 1), jacobian(fn(n) = n.s)(n), vjp(fn(n) = n.k, n, ones(2, 1)).k)   # expect: 1 [1, 0, 0] [[1], [1]]
let w = param([1, 2])
print(vjp(fn(w) = (w, 2 * w), w, ([1, 1], [1, 1])), jacobian(fn(w) = w)(w), jacobian(fn(x) = w)(w))   # expect: [3, 3] [[1, 0], [0, 1]] [[1, 0], [0, 1]]
