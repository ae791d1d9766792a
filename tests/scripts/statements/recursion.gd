fn fib(n) = if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
print(fib(15))        # expect: 610
fn depth(n) = if n == 0 { 0 } else { 1 + depth(n - 1) }
print(depth(150))     # expect: 150
fn ackermann(m, n) = if m == 0 { n + 1 } else if n == 0 { ackermann(m - 1, 1) } else { ackermann(m - 1, ackermann(m, n - 1)) }
print(ackermann(2, 3))   # expect: 9
