fn hypotenuse(a, b) { return sqrt(a^2 + b^2) }
print(hypotenuse(3, 4))              # expect: 5
fn even(n) = if n == 0 { true } else { odd(n - 1) }
fn odd(n) = if n == 0 { false } else { even(n - 1) }
print(even(10), odd(7))              # expect: true true
fn f(n, k = n * 2) = k
print(f(3), f(3, 1))                 # expect: 6 1
fn nothing() { }
print(nothing())                     # expect: none
