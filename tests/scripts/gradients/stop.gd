print(grad(fn(x) = x * stop_gradient(x^2))(3))           # expect: 9
