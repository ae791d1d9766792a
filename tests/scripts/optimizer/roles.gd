# What a tensor is for, and optimizers by group.
optimizer Roles() {
  fn step(p, g) { print(role(p)); p = p - 0.01 * g }
}
let net = chain(Embedding(5, 4), Dense(4, 3), tanh, Dense(3, 2, bias: false))
train net { loss: sum(net(i32([1, 2]))^2); optimizer: Roles(); steps: 1; quiet: true }
# expect: embedding
# expect: matrix
# expect: vector
# expect: head
let (one, k) = (Dense(3, 2, bias: false), param(1))
train one, k { loss: k * sum(one([[1, 2, 3]])^2); optimizer: Roles(); steps: 1; quiet: true }
# expect: matrix
# expect: scalar
let (a, b, c) = (param(1), param(1), param(1))
let o = groups((a, GD(lr: 0.1)), ((b, c), GD(lr: 1)))
train a, b, c { loss: a + b + c; optimizer: o; steps: 2; quiet: true }
print("{a:.1f} {b} {c} {o.steps}")   # expect: 0.8 -1 -1 2
print(attempt(fn() { train a, b { loss: a + b; optimizer: groups((a, GD())); steps: 1; quiet: true } }).error)   # expect: groups: a tensor that is trained is in no group; give the rest a group of its own
print(attempt(fn() = groups(a, GD())).error)   # expect: groups: pairs of parts and an optimizer, (net.body, Adam(lr: 1e-4)); pair 1 is none
print(attempt(fn() = role(a)).error)           # expect: role(p) is only for the `step` of an optimizer: it depends on the tensor that is stepped
