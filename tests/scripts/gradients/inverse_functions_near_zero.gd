# Second derivatives of asin, acos and atanh have all digits near 0: x, -x and 2x there; further in too, against f64.
for x in [1e-4, 1e-6, 1e-8] {
  let twice = fn(f) = number(grad(fn(a) = sum(grad(fn(b) = sum(f(b)))(a)))([x])[0]) / number(x)
  print("{twice(asin):.5f} {twice(acos):.5f} {twice(atanh):.5f}")   # expect: 1.00000 -1.00000 2.00000
}
# expect: 1.00000 -1.00000 2.00000
# expect: 1.00000 -1.00000 2.00000
for f in list(asin, acos, atanh) {
  let second = grad(fn(a) = sum(grad(fn(b) = sum(f(b)))(a)))
  let x = [-0.9, -0.51, -0.49, -0.1, 0.001, 0.3, 0.499, 0.501, 0.8]
  assert(all(abs(second(x) / second(f64(x)) - 1) < 1e-6), "{second(x) / second(f64(x)) - 1}")
}
