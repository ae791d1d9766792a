# An optimizer given to another is stepped by it; its states and steps are the outer one's.
precision(f64)
fn after(n, o) {
  let w = param([1, -2])
  train w { loss: sum(w^2); optimizer: o; steps: n; quiet: true }
  "{w[0]:.6f} {w[1]:.6f}"
}
optimizer Plain(inner) { fn step(p, g) { p = inner.step(p, g) } }
print(after(5, Plain(Adam(lr: 0.1))) == after(5, Adam(lr: 0.1)))                              # expect: true
print(after(5, Plain(Plain(SGD(lr: 0.1, momentum: 0.9)))) == after(5, SGD(lr: 0.1, momentum: 0.9)))   # expect: true
print(after(5, Plain(Adam(lr: cosine(0.1, steps: 5)))) == after(5, Adam(lr: cosine(0.1, steps: 5))))  # expect: true
print(after(4, Lookahead(GD(lr: 0.1), k: 2)))             # expect: 0.672400 -1.344800
print(after(1, Cautious(GD(lr: 0.1))))                    # expect: 0.800000 -1.600000
print(after(2, Proximal(GD(lr: 0.1), fn(p, lr) = p - lr)))   # expect: 0.460000 -1.460000
print(after(2, Proximal(GD(lr: step_decay(0.1, 1, 0.5)), fn(p, lr) = p - lr)))   # 0.7 with the rate 0.1, then 0.05   # expect: 0.580000 -1.580000
let m = param([[3, 4], [0, 0]])
train m { loss: sum(m^3); optimizer: Hyperball(SGD(lr: 0.01)); steps: 3; quiet: true }
print("{norm(m):.9f}")                                    # expect: 5.000000000
seed(1)
let a = param([1, 1])
train a { loss: sum(a); optimizer: Noise(GD(lr: 1), std: 0.1); steps: 1; quiet: true }
print(a[0] != a[1], max(abs(a)) < 1)                      # expect: true true
# The state goes on in a second train, and shows as the call that made it.
let o = Lookahead(Adam(lr: 0.1), k: 3)
let w = param([1, -2])
train w { loss: sum(w^2); optimizer: o; steps: 2; quiet: true }
train w { loss: sum(w^2); optimizer: o; steps: 3; quiet: true }
print("{w[0]:.6f} {w[1]:.6f}" == after(5, Lookahead(Adam(lr: 0.1), k: 3)), o.steps, o.inner.lr)   # expect: true 5 0.1
print(o)   # expect: Lookahead(inner: Adam(lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8), k: 3, alpha: 0.5)
let h = train w { loss: sum(w^2); optimizer: o; steps: 2; quiet: true }
print(h.lr)   # expect: [0.1, 0.1]
