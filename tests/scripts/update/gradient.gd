# A gradient of one's own in the place of a loss.
precision(f64)
let net = Dense(2, 1)
let twin = copy(net)
let x = [[1, 2], [3, 4]]
fn f(n) = sum(n(x)^2)
let (one, other) = (Adam(lr: 0.1), Adam(lr: 0.1))
for i in 1..4 {
  update net { gradient: grad(f)(net); optimizer: one }
  update twin { loss: f(twin); optimizer: other }
}
print(all(net.W == twin.W), all(net.b == twin.b))   # expect: true true
let (w, v) = (param([1, 2]), param(3))
print(update w, v { gradient: ([0.5, 1], 1); optimizer: GD(lr: 1) })   # expect: none
print(w, v)                                          # expect: [0.5, 1] 2
train on q in [1, 2] { update w, v { gradient: (w, v); optimizer: GD(lr: 0.5) }; steps: 2; quiet: true }
print(w, v)                                          # expect: [0.125, 0.25] 0.5
model Scale() { param s: positive = 2; fn forward(x) = s * x }
let scale = Scale()
let same = copy(scale)
update scale { gradient: (s: 3); optimizer: GD(lr: 0.1) }
update same { loss: 3 * same(1); optimizer: GD(lr: 0.1) }
print(scale.s == same.s)                             # expect: true
print(attempt(fn() { update w, v { gradient: (w, [1, 2]); optimizer: GD() } }).error)   # expect: the two do not have the same form: at `1` [] on the left, [2] on the right
