# A product from the other end (jvp of a gradient) has the second derivatives that hvp has.
precision(f64)
fn both(f, x, v) = (jvp(grad(f), x, v), hvp(f, x, v))
print(both(fn(x) = (1 + norm(x)) * exp(-norm(x)), [0, 0], [1, 0]))    # expect: ([-1, 0], [-1, 0])
print(both(norm, [0, 0], [1, 0]))                                     # expect: ([nan, nan], [nan, nan])
print(both(std, [1, 1], [1, 0]))                                      # expect: ([nan, nan], [nan, nan])
print(both(fn(x) = norm(x, p: 3), [0, 0], [1, 0]))                    # expect: ([nan, nan], [nan, nan])
print(both(fn(x) = hypot(x[0], x[1]), [0, 0], [1, 0]))                # expect: ([nan, nan], [nan, nan])
print(both(fn(x) = sqrt(sum(x^2)), [0, 0], [1, 0]))                   # expect: ([nan, nan], [nan, nan])
print(both(fn(x) = sum(abs(x)^3), [0, 2], [1, 1]))                    # expect: ([0, 12], [0, 12])
# what a guard did not choose, or the vector leaves out, counts nothing
print(both(fn(x) = sum(where(x > 0, sqrt(x), 0)), [0, 4], [1, 1]))    # expect ~ \(\[-?0, -0.03125\], \[-?0, -0.03125\]\)
print(both(fn(x) = sum(sqrt(x)), [0, 4], [0, 1]))                     # expect ~ \(\[-?0, -0.03125\], \[-?0, -0.03125\]\)
# and so has the gradient of such a product
print(grad(fn(x) = jvp(abs, x, 1.0))(0.0), grad(fn(x) = jvp(norm, x, [1, 0]))([0.0, 0]))          # expect: nan [nan, nan]
print(grad(fn(x) = jvp(fn(x) = (1 + norm(x)) * exp(-norm(x)), x, [1, 0]))([0.0, 0]))              # expect: [-1, 0]
