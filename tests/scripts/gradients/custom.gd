let straight = custom_gradient(fn(x) = round(x), fn(x, y, dy) = dy)
print(straight(2.7), grad(fn(x) = straight(x)^2)(2.7))   # expect: 3 6
