let square_of = fn(x) = x^2
print(square_of(3), (fn(a, b) = a - b)(5, 2))   # expect: 9 3
fn compose(f, g) = fn(x) = f(g(x))
print(compose(sqrt, abs)(-16))                  # expect: 4
print(map(fn(x) = x + 1, map(len, ["a"])))       # expect: [2]
