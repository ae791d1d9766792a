# KFAC on a net of two layers against its formulas worked out by hand; what is no dense layer gets Adam.
precision(f64)
seed(3)
let (x, y) = (randn(12, 3), randn(12, 2))
let net = chain(Dense(3, 4), tanh, Dense(4, 2, bias: false))
let (W, b, V) = (copy(net.parts.0.W), copy(net.parts.0.b), copy(net.parts.2.W))
let slow = param(1)
train net, slow { loss: mean((net(x) - y)^2) + slow; optimizer: KFAC(lr: 0.2, damping: 0.01, bound: 0.05, adam: 0.1); steps: 4; quiet: true }

fn split(A, G) {
  let ratio = sqrt(trace(A) / len(A) / (trace(G) / len(G)))
  (inverse(A + ratio * 0.1 * eye(len(A))), inverse(G + 0.1 / ratio * eye(len(G))))
}
let layers = [(A: zeros(4, 4), G: zeros(4, 4), m: zeros(4, 4)), (A: zeros(4, 4), G: zeros(2, 2), m: zeros(4, 2))]
let (first, second) = ((none, none), (none, none))
for t in 1..4 {
  let a = concat(x, ones(12, 1), axis: 1)
  let h = tanh(x @ W + b)
  let out = 2 * (h @ V - y) / 24
  let back = (out @ V') * (1 - h^2)
  let keep = minimum(1 - 1 / t, 0.95)
  let (l, k) = (layers[0], layers[1])
  let (A, G) = (keep * l.A + (1 - keep) * a' @ a / 12, keep * l.G + (1 - keep) * 12 * back' @ back)
  let (B, H) = (keep * k.A + (1 - keep) * h' @ h / 12, keep * k.G + (1 - keep) * 12 * out' @ out)
  if t == 1 { (first, second) = (split(A, G), split(B, H)) }
  let d = first.0 @ (a' @ back) @ first.1
  let e = second.0 @ (h' @ out) @ second.1
  let all = sum(d * (a' @ back)) + sum(e * (h' @ out))
  let scale = minimum(1, sqrt(0.05 / (0.2^2 * all)))
  let (m, n) = (0.9 * l.m + scale * d, 0.9 * k.m + scale * e)
  layers = [(A: A, G: G, m: m), (A: B, G: H, m: n)]
  (W, b, V) = (W - 0.2 * m[0:3], b - 0.2 * m[3], V - 0.2 * n)
}
print(max(abs(net.parts.0.W - W)) < 1e-12, max(abs(net.parts.0.b - b)) < 1e-12, max(abs(net.parts.2.W - V)) < 1e-12)   # expect: true true true
print("{slow:.6f}")   # expect: 0.600000
# with classes the slopes may be those of drawn targets: the mean of their squares is the Fisher matrix, p (1 - p) on its diagonal
optimizer Look() {
  state G = zeros(3)
  fn step(p, g) {
    G = G + 5 * sum(layer_of(p, drawn: true).1^2, axis: 0) / 1000
    p = where(t == 1000, G[none, :], p)
  }
}
let q = param(zeros(1, 3))
train q { loss: cross_entropy(ones(5, 1) @ q, [0, 0, 0, 0, 0]); optimizer: Look(); steps: 1000; quiet: true }
print(max(abs(q - 2 / 9)) < 0.02)   # expect: true
