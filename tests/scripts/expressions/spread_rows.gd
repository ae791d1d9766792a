# A tensor is spread along its first axis, under gradients and in a step too.
fn g(a, b, c) = a * b - c
print(g([1, 2, 3]...), g(1, [2, 3]...))                # expect: -1 -1
print(g([[1, 2], [3, 4], [5, 6]]...))                  # expect: [-2, 2]
print(grad(fn(v) = g(v...))([1, 2, 3]))                # expect: [2, 1, -1]
print(vmap(fn(v) = g(v...))([[1, 2, 3], [0, 1, 5]]))   # expect: [-1, -5]
let w = param([1, 2, 3])
let h = train w { loss: g(w...)^2; optimizer: GD(lr: 0.5); steps: 1; quiet: true }
print(w)   # expect: [3, 3, 2]
print(attempt(fn() = g(ones(100000)...)).error)   # expect: a call has at most 65535 arguments, this tensor has 100000 rows
print(attempt(fn() = g(ones(2)...)).error)   # expect: `g` is missing its argument `c`
g(tensor(5)...)   # expect error: a scalar has no rows
