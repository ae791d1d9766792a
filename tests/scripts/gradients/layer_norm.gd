# The gradient of a row divided by its deviation is written out: beside the derivative of its formula, of every order.
precision(f64)
fn close(a, b) = max(abs(a - b)) < 1e-12 * (1 + max(abs(b)))
let (m, root, square) = (LayerNorm(4, eps: 0.1), RMSNorm(4, eps: 0.1), LayerNorm((3, 4), eps: 0.1))
for net in list(m, root) { net.gain = [1, -2, 0.5, 3] }
m.offset = [0, 1, 2, 3]
square.gain = randn(3, 4)
fn by_root(x, axis, net) = x / sqrt(mean(x^2, axis: axis, keep: true) + 0.1) * net.gain
fn plain(x, axis, net) = by_root(x - mean(x, axis: axis, keep: true), axis, net) + net.offset
fn same(f, g, x) {
  let (a, b) = (fn(x) = sum(sin(f(x)) * cos(x)), fn(x) = sum(sin(g(x)) * cos(x)))
  let (a2, b2) = (fn(x) = sum(grad(a)(x)^2), fn(x) = sum(grad(b)(x)^2))
  let (a3, b3) = (fn(x) = sum(grad(a2)(x)^2), fn(x) = sum(grad(b2)(x)^2))
  close(f(x), g(x)) and close(grad(a)(x), grad(b)(x)) and close(grad(a2)(x), grad(b2)(x)) and close(grad(a3)(x), grad(b3)(x)) and
    close(jvp(f, x, cos(x)), jvp(g, x, cos(x))) and close(hvp(a, x, cos(x)), hvp(b, x, cos(x)))
}
let (row, sequences) = (randn(4), randn(2, 3, 4))
print(same(m, fn(x) = plain(x, -1, m), row), same(m, fn(x) = plain(x, -1, m), sequences))   # expect: true true
print(same(root, fn(x) = by_root(x, -1, root), row), same(root, fn(x) = by_root(x, -1, root), sequences))   # expect: true true
print(same(square, fn(x) = plain(x, (-2, -1), square), sequences), same(vmap(m), fn(x) = plain(x, -1, m), sequences))   # expect: true true
print(check_gradient(fn(net) = sum(sin(net(sequences)) * sequences), m), check_gradient(fn(net) = sum(sin(net(row))), root))   # expect: true true
# A row that is constant, or 0, has a smooth deviation, sqrt(eps).
print(same(m, fn(x) = plain(x, -1, m), ones(2, 4)), same(root, fn(x) = by_root(x, -1, root), zeros(2, 4)))   # expect: true true
# The sums of a bf16 are taken in f32.
let rough = bf16(randn(64, 50))
for net in list(LayerNorm(50), RMSNorm(50)) { print(max(abs(net(rough) - net(f64(rough)))) < 1e-5) }
# expect: true
# expect: true
