# A param with a domain is trained through an unconstrained one behind it.
model D() {
  param sigma: positive = 1
  param p: unit = 0.5
  param w: simplex = ones(3) / 3
  fn forward() = (sigma + 5)^2 + (p - 2)^2 + sum((w - [2, 0, 0])^2)
}
let d = D()
train d { loss: d(); optimizer: Adam(lr: 0.1); steps: 300; quiet: true }
print(d.sigma > 0, d.sigma < 0.1, d.p < 1, d.p > 0.9)              # expect: true true true true
print(all(d.w >= 0), abs(sum(d.w) - 1) < 1e-5, d.w[0] > 0.9)       # expect: true true true
