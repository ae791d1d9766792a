# the contraction that theory says, on a quadratic of condition 100 and on x^4 (Nesterov, "Introductory Lectures", 2004; Polyak, 1964)
precision(f64)
let curve = [1, 3, 10, 40, 100]
fn contraction(o, from, to) {
  let w = param(ones(5))
  let e = []
  train w { loss: 0.5 * sum(curve * w^2); optimizer: o; steps: to; quiet: true; each_step: { e = push(e, norm(w)) } }
  (e[to - 1] / e[from - 1])^(1 / (to - from))
}
let (m, L) = (1, 100)
fn near(found, wanted) = abs(number(found) / wanted - 1) < 0.02
print(near(contraction(GD(lr: 2 / (m + L)), 300, 600), (L - m) / (L + m)))                                  # expect: true
let beta = ((sqrt(L) - sqrt(m)) / (sqrt(L) + sqrt(m)))^2
print(near(contraction(SGD(lr: 4 / (sqrt(L) + sqrt(m))^2, momentum: beta), 100, 160), sqrt(beta)))              # expect: true
let q = (sqrt(L) - sqrt(m)) / (sqrt(L) + sqrt(m))
print(near(contraction(SGD(lr: 1 / L, momentum: q, nesterov: true), 60, 260), 1 - sqrt(m / L)))               # expect: true
# x' = -4 x^3 falls as t^(-1/2), so f = x^4 as t^-2
let x = param(1)
let h = train x { loss: x^4; optimizer: GD(lr: 0.01); steps: 4000; quiet: true }
let slope = (log(h.loss[3999]) - log(h.loss[999])) / (log(4000) - log(1000))
print(abs(slope / -2 - 1) < 0.05)                                                                                # expect: true
