# With a third parameter all trained tensors are one vector, and f(q) is the loss there.
precision(f64)
optimizer Newtonian() {
  fn step(p, g, f) { p = p - solve(hessian(f)(p), g) }
}
let a = param([5, 5])
let b = param(3)
train a, b { loss: sum((a - 1)^2) + 2 * (b + 1)^2 + a[0] * b; optimizer: Newtonian(); steps: 1; quiet: true }
print("{grad(fn(q) = sum((q[0:2] - 1)^2) + 2 * (q[2] + 1)^2 + q[0] * q[2])(concat(a, reshape(b, 1), axis: 0))[0]:.6f}")   # expect ~ -?0\.000000
