precision(f64)
fn power(x, n) = if n == 0 { 1 } else { x * power(x, n - 1) }
print(grad(power)(2, 4))                                 # expect: 32
fn sums(x) { let s = 0; for i in 1..3 { s += x^i }; s }
print(grad(sums)(2))                                     # expect: 17
fn rows(x) { let s = 0; for row in x { s += prod(row) }; s }
print(grad(rows)([[1, 2], [3, 4]]))                      # expect: [[2, 1], [4, 3]]
fn halves(x) { let n = 0; while x > 1 { x = x / 2; n += 1 }; x }
print(grad(halves)(8))                                   # expect: 0.125
