precision(f64)
let wrong = custom_gradient(fn(x) = x^2, fn(x, y, dy) = dy * x)
print(check_gradient(fn(x) = wrong(x), 3))   # expect error ~ .
