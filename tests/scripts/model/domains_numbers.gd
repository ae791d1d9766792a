# Domains with numbers, in order, and of a Cholesky factor: trained through free values, kept inside, saved and loaded to the bit.
# args: {tmp}
# status: 65
precision(f64)
model D(low, high) {
  param a: between(low, high) = low + 0.75 * (high - low)
  param o: ordered = [[-1, 0, 2.5]]
  param L: cholesky = [[1, 0], [-0.5, 2]]
  fn forward() = (a - 9)^2 + sum((o - [[3, 1, 1]])^2) + sum((L @ L' - [[4, 2], [2, 3]])^2)
}
let d = D(-1, 3)
print(d.a, d.o, d.L)   # expect: 2 [[-1, 0, 2.5]] [[1, 0], [-0.5, 2]]
# the gradient in the free values, against central differences
optimizer Compare() {
  fn step(p, g, f) {
    let E = 1e-5 * eye(len(p))
    let apart = max(abs(g - [(f(p + E[k]) - f(p - E[k])) / 2e-5 for k in 0..len(p) - 1]))
    print(len(p), apart < 1e-8, g[5])   # expect: 8 true 0
  }
}
train d { loss: d(); optimizer: Compare(); steps: 1; quiet: true }
train d { loss: d(); optimizer: Adam(lr: 0.1); steps: 800; quiet: true }
print(d.a > 2.9, d.a <= 3, all(d.o[0, 1:] > d.o[0, 0:2]), max(abs(d.o - 5 / 3)) < 0.1)   # expect: true true true true
print("{d.L @ d.L':.3f}", d.L[0, 1])   # expect: [[4.000, 2.000], [2.000, 3.000]] 0
save(d, "{args[0]}/d.safetensors")
let e = D(-1, 3)
load(e, "{args[0]}/d.safetensors")
print(e.a == d.a, all(e.o == d.o), all(e.L == d.L))   # expect: true true true
assign(e.L, [[3, 0], [1, 1]])
print(e.L, copy(e).L)          # expect: [[3, 0], [1, 1]] [[3, 0], [1, 1]]
load(D(-1, 2), "{args[0]}/d.safetensors")   # expect error: a has between(-1, 2) in the model, between(-1, 3) in the file
