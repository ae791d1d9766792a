# Arguments, results and gradients of custom_gradient may be trees.
let weighted = custom_gradient(fn(t) = t.a * t.b, fn(t, y, dy) = (a: dy, b: 5 * dy))
print(weighted((a: 2, b: 3)), grad(weighted)((a: 2, b: 3)))   # expect: 6 (a: 1, b: 5)

let powers = custom_gradient(fn(x) = (x, x^2), fn(x, y, dy) = dy.0 + 100 * dy.1 + 0 * y.1)
print(grad(fn(x) { let (a, b) = powers(x); a * b })(3))              # expect: 309
print(vmap(grad(fn(x) { let (a, b) = powers(x); a * b }))([3, 1]))   # expect: [309, 101]

# the rule is differentiated too
let cube = custom_gradient(fn(t) = sum(t.w^3), fn(t, y, dy) = (w: 3 * dy * t.w^2))
print(grad(fn(w) = sum(grad(cube)((w: w)).w))([1, 2]))   # expect: [6, 12]
print(hvp(fn(w) = cube((w: w)), [1, 2], [1, 0]))         # expect: [6, 0]

# none: no gradient, of an argument or of a part
let half = custom_gradient(fn(t, k) = sum(t[0]) * k.n, fn(t, k, y, dy) = (none, dict(n: 7 * dy)))
let both = grad(half, wrt: (0, 1))(list([1, 2], "name"), dict(n: 4))
print(both)   # expect: ([[0, 0], "name"], dict(n: 7))

# leaves of several dtypes keep theirs, and whole ones their exact value
let mixed = custom_gradient(
  fn(x) = (sum: sum(x), place: i32([16777217]) + argmax(x), wide: f64(x)),
  fn(x, y, dy) = dy.sum * [1, 1] + f32(dy.wide) + 0 * y.place[0]
)
fn of_mixed(x) {
  let parts = mixed(x)
  assert(all(parts.place == i32([16777218])) and dtype(parts.place) == "i32")
  parts.sum + sum(parts.wide * [3, 4])
}
print(grad(of_mixed)([1, 2]))   # expect: [4, 5]

# a model, with a param in two places
model Tied() {
  let w = param([2])
  let again = w
  fn forward(x) = w * again * x
}
let tied = Tied()
let pushed = custom_gradient(
  fn(net, x) = sum(net(x)),
  fn(net, x, y, dy) = (grad(fn(n) = 10 * sum(n(x)))(net) * dy, none)
)
print(grad(fn(net) = pushed(net, [3]))(tied).w)   # expect: [120]
train tied { loss: pushed(tied, [3]); optimizer: SGD(lr: 0.01); steps: 1; quiet: true }
print(tied.w)   # expect: [0.8]
