fn count_all(first, rest...) = "{first}+{len(rest)}"
print(count_all(1), count_all(1, 2, 3))   # expect: 1+0 1+2
fn add(a, b, c) = a + b * 10 + c * 100
let xs = list(1, 2, 3)
print(add(xs...), add(1, list(2, 3)...))  # expect: 321 321
