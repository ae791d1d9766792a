# To an inner gradient by a param, a tensor made of the param before the call is a constant, also in a recording.
let p = param([1.0, 2.0])
fn h(q) { let y = q * 2; sum(grad(fn(u) = sum(u^2 * y))(q)) }
let of_loss = fn(f) = (train p { loss: f(p); optimizer: GD(lr: 0); steps: 1; quiet: true }).loss[0]
print(h(p), of_loss(h), value_and_grad(h)(p), value_and_grad(h)([1.0, 2.0]))   # expect: 20 20 (20, [8, 16]) (20, [8, 16])
fn two(q) = sum(grad(fn(a, b) = sum(a^2 * b))(q, q * 2))
fn both(q) = sum(grad(fn(a, b) = sum(a^2 * b), wrt: (0, 1))(q, q * 2)[0])
fn leaf(q) = sum(grad(fn(t) = sum(t[0]^2 * t[1]))((q, q * 2))[0])
print([f(p) for f in list(two, both, leaf)], [of_loss(f) for f in list(two, both, leaf)])   # expect: [20, 20, 20] [20, 20, 20]
model Net { param W = [[0.5, -0.2], [0.1, 0.3]]; fn forward(x) = tanh(x @ W) }
let net = Net()
let x = [[1.0, 2.0], [0.3, -1.0]]
fn penalty(net) { let target = net(x) * 0.9; sum(grad(fn(m) = mean((m(x) - target)^2))(net).W^2) }
let r = train net { loss: penalty(net); optimizer: GD(lr: 0); steps: 1; quiet: true }
print(abs(penalty(net) - r.loss[0]) < 1e-8)   # expect: true
fn captured(q) { let before = sum(q^3); before + sum(grad(fn(u) = sum(u^2 * p))(q)) }   # p itself is q
print(captured(p), of_loss(captured))         # expect: 24 24
