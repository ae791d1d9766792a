fn near(a, b) = max(abs(a - b)) < 1e-5
print(near(cosine_loss([[1e30, 1e30]], [[1e30, 0]]), 0.292893), near(cosine_loss([[1e-30, 1e-30]], [[1e-30, 0]]), 0.292893))   # expect: true true
print(cosine_loss([[0, 0]], [[1, 0]]), near(grad(fn(a) = cosine_loss(a, [[0.0, 2.0]]))([[1.0, 1.0]]), [[0.353553, -0.353553]]))   # expect: 1 true
precision(f64)
print(check_gradient(fn(a) = cosine_loss(a, [[0.5, 2.0, -1.0]]), [[1.0, 0.3, 2.0]]))                                                # expect: true
print(check_gradient(fn(a) = sum(grad(fn(z) = cosine_loss(z, [[0.5, 2.0, -1.0]]))(a)^2), [[1.0, 0.3, 2.0]]))                         # expect: true
