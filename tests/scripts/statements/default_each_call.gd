fn collect(x, xs = []) = push(xs, x)
print(collect("a"), collect("b"))   # expect: ["a"] ["b"]
let base = 1
fn g(x = base) = x
base = 5
print(g())                          # expect: 5
