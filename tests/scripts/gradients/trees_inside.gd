# A model that a gradient was taken from, inside the function that is differentiated again.
precision(f64)
let net = chain(Dense(2, 2), tanh, Dense(2, 1))
for (name, w) in parameters(net) { assign(w, reshape(sin(arange(size(w)) + 1), shape(w))) }
let x = [[1, -2], [0.5, 1]]
fn f(n) = sum(n(x)^2)
fn after(n) {
  let near = n - 0.1 * grad(f)(n)
  f(near - 0.1 * grad(f)(near))
}
print(check_gradient(after, net), check_gradient(f, net))   # expect: true true
let g = grad(after)(net)
print(abs(dot(g, g) - vjp(after, net, 1).parts.0.W[0, 0]^2) > 0, shape(g.0.W))   # expect: true (2, 2)
let before = after(net)
train net { loss: after(net); optimizer: GD(lr: 0.01); steps: 20; quiet: true }
print(after(net) < before)   # expect: true
let kept = list()
fn keeps(n) {
  let near = n - 0.1 * grad(f)(n)
  kept = push(kept, near)
  f(near)
}
grad(keeps)(net)
print(shape(kept[0](x)))     # expect: (2, 1)
freeze(net.parts.2)
print(norm(grad(f)(net).2), norm(grad(f)(net).0) > 0)   # expect: 0 true
let tied = list(net, net.parts.0.W)
print(grad(fn(t) = f(t[0]) + sum(t[1]))(tied)[1])   # expect: none
