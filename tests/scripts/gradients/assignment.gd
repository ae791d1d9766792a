precision(f64)
fn f(x) { let y = x * 2; y[0] = x[1]^2; y[1:] *= 3; sum(y) }
print(grad(f)([1, 2, 3]))                                # expect: [0, 10, 6]
fn g(x) { let y = zeros(2); y[1] = x; sum(y^2) }
print(grad(g)(3))                                        # expect: 6
