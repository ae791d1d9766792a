# The gradient of a norm of groups is written out: beside the derivative of its formula, of every order, for rows, images and sequences.
precision(f64)
fn close(a, b) = max(abs(a - b)) < 1e-12 * (1 + max(abs(b)))
let (m, one) = (GroupNorm(2, 4, eps: 0.1), InstanceNorm(4, eps: 0.1))
for net in list(m, one) { net.gain = [1, -2, 0.5, 3]; net.offset = [0, 1, 2, 3] }
# By hand: channels first, x [N, 4, P], each of k groups centred and divided.
fn plain(x, gain, offset, k) {
  let g = reshape(x, shape(x)[0], k, -1)
  let c = g - mean(g, axis: 2, keep: true)
  reshape(c / sqrt(mean(c^2, axis: 2, keep: true) + 0.1), shape(x)) * gain[:, none] + offset[:, none]
}
fn first(net, x, k) = plain(reshape(x, shape(x)[0], 4, -1), net.gain, net.offset, k)
fn images(net, x, k) = reshape(first(net, x, k), shape(x))
fn turned(net, x, k) = permute(plain(permute(x, 0, 2, 1), net.gain, net.offset, k), 0, 2, 1)
fn same(f, g, x) {
  let (a, b) = (fn(x) = sum(sin(f(x)) * cos(x)), fn(x) = sum(sin(g(x)) * cos(x)))
  let (a2, b2) = (fn(x) = sum(grad(a)(x)^2), fn(x) = sum(grad(b)(x)^2))
  let (a3, b3) = (fn(x) = sum(grad(a2)(x)^2), fn(x) = sum(grad(b2)(x)^2))
  close(f(x), g(x)) and close(grad(a)(x), grad(b)(x)) and close(grad(a2)(x), grad(b2)(x)) and close(grad(a3)(x), grad(b3)(x))
}
let (rows, sequences, pictures) = (randn(3, 4), randn(2, 5, 4), randn(2, 4, 3, 2))
for (name, net, k) in list(("groups", m, 2), ("channels", one, 4)) {
  print(name, same(net, fn(x) = turned(net, x, k), sequences), same(net, fn(x) = images(net, x, k), pictures))
}
# expect: groups true true
# expect: channels true true
print(same(m, fn(x) = images(m, x, 2), rows), same(fn(x) = vmap(fn(z) = m(z[none])[0])(x), m, pictures))   # expect: true true
print(check_gradient(fn(net) = sum(sin(m(sequences)) * sequences), m), check_gradient(fn(net) = sum(sin(one(pictures))), one))   # expect: true true
# A group that is constant has a smooth deviation, sqrt(eps).
print(same(m, fn(x) = images(m, x, 2), ones(2, 4, 3)[:, :, :, none]))   # expect: true
# The sums of a bf16 are taken in f32.
let small = GroupNorm(2, 4)
let rough = bf16(pictures)
print(max(abs(small(rough) - small(f64(rough)))) < 1e-6)   # expect: true
