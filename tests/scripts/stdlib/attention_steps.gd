# Place by place with a cache is the same as all at once.
seed(4)
for turn in list(none, Positions(16, 2, "rotary")) {
  let net = TransformerBlock(8, 4, groups: 2, causal: true, positions: turn)
  let x = randn(2, 7, 8)
  let cache = none
  let parts = list()
  for (from, to) in ((0, 4), (4, 5), (5, 7)) {
    let (y, next) = net.step(x[:, from:to], cache)
    cache = next
    parts = push(parts, y)
  }
  print(max(abs(concat(parts..., axis: 1) - net(x))) < 1e-5, shape(cache.k))         # expect: true (2, 2, 7, 2)
}
# expect: true (2, 2, 7, 2)
# Turned by places, products of queries and keys depend on the distance alone.
let (p, a, b) = (Positions(20, 6, "rotary"), randn(1, 6), randn(1, 6))
fn at(i, k) = sum(p(a, start: i) * p(b, start: k))
print(abs(at(2, 5) - at(11, 14)) < 1e-4, abs(at(2, 5) - at(2, 6)) > 1e-4)            # expect: true true
let table = Positions(6, 4, "sinusoidal")(zeros(6, 4))
print(abs(table[5, 2] - sin(0.05)) < 1e-6, abs(table[5, 3] - cos(0.05)) < 1e-6)      # expect: true true
