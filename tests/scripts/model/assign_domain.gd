# Between params of one domain the storage is copied: exactly, and where training has rounded to an end.
model M() {
  param p: between(-2, 3) = 0.5
  param s: simplex = [0.2, 0.3, 0.5]
  param o: ordered = [1, 2, 3]
  fn forward() = p + sum(s * [1, 2, 3]) + o[1] - o[0]
}
let (n, m, k, i) = (M(), M(), M(), M())
train m { loss: m(); optimizer: GD(lr: 300); steps: 5 }
print(m.p, m.o)                             # expect: -2 [1, 1, 2]
assign(n, m)
k.p = m.p
print(n.p, n.o, k.p)                        # expect: -2 [1, 1, 2] -2
load(i, dict(("p", m.p), ("s", m.s), ("o", m.o)))
print(all(i.s == m.s), all(i.o == m.o))     # expect: true true
let through = fn(c) { let d = copy(M()); assign(d, c); d() }
print(grad(through)(M()))                   # expect: (p: 1, s: [1, 2, 3], o: [-1, 1, 0])
model Many() { param w: between(-1, 1) = 1.6 * rand(1000) - 0.8 }
let (a, b) = (Many(), Many())
assign(b, a)
print(all(a.w == b.w))                      # expect: true
model Near(v) { param p: between(-2, 4) = v }
print(Near(m.p))                            # expect error: a param of the domain between(-2, 4) must start
