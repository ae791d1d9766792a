# base: scales initial values by sqrt(base / inputs), which a kernel has too
fn both(f) {
  seed(4)
  let plain = f(none)
  seed(4)
  max(abs(f(25) / plain - 0.5)) < 1e-6
}
print(both(fn(b) = he_normal(100, 3, base: b)), both(fn(b) = he_uniform(100, 3, base: b)))              # expect: true true
print(both(fn(b) = xavier_normal(100, 3, base: b)), both(fn(b) = xavier_uniform(7, 4, 5, 5, base: b)))   # expect: true true
he_normal(3, 3, base: 0)   # expect error: `base` is a width: it must be finite and above 0
