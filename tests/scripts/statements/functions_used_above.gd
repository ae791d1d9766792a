print(later(2))   # expect: 4
fn later(x) = x * 2
