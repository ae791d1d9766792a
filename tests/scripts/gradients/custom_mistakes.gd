fn trial(f) = attempt(f).error
let single = custom_gradient(fn(a, b) = a * b, fn(a, b, y, dy) = dy)
print(trial(fn() = grad(single, wrt: 1)(3, 4)))   # expect: a gradient for each of the 2 arguments is expected, the function gave 1

let three = custom_gradient(fn(t, b) = t.a * b, fn(t, b, y, dy) = (1, 2, 3))
print(trial(fn() = grad(three)((a: 1), 4)))   # expect: a gradient for each of the 2 arguments is expected, the function gave 3

let other = custom_gradient(fn(t) = sum(t.a * t.b), fn(t, y, dy) = (a: dy, c: dy))
print(trial(fn() = grad(other)((a: 1, b: 2))))   # expect: the two do not have the same form: `b` on the left, `c` on the right

let long = custom_gradient(fn(t) = sum(t.a), fn(t, y, dy) = (a: [1, 2, 3]))
print(trial(fn() = grad(long)((a: [1, 2]))))   # expect: a gradient must have the shape of its argument, [2]; this function gave [3]

let text = custom_gradient(fn(t) = sum(t.a), fn(t, y, dy) = "none")
print(trial(fn() = grad(text)((a: [1, 2]))) |> starts_with("the two do not have the same form"))   # expect: true
