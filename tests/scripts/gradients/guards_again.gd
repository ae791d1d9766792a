# One `where` guards the value and all derivatives: what it does not choose is 0 in each of them.
fn three(f, at) = list(grad(f)(at), grad(grad(f))(at), grad(grad(grad(f)))(at)) == list(0, 0, 0)
print(three(fn(x) = where(x > 0, 1 / x, 0), 0), three(fn(x) = where(x > 0, 3 / x^2, 0), 0))                   # expect: true true
print(three(fn(x) = where(x > 0, x * log(x), 0), 0), three(fn(x) = where(x > 0, log(x), 5), 0))               # expect: true true
print(three(fn(x) = where(x > 0, sqrt(x), 0), 0), three(fn(x) = where(x > 0, x^1.5, 0), 0))                   # expect: true true
print(three(fn(x) = where(x != 0, tanh(x) / x, 1), 0), three(fn(x) = where(x < 1, asin(x), 0), 1))            # expect: true true
print(three(fn(x) = where(x != 0, 1 / abs(x), 0), 0), three(fn(x) = where(x > 0, exp(-1 / x), 0), 0))         # expect: true true
# of vectors, one guard for a whole row, and two guards nested
print(hessian(fn(x) = sum(where(x > 0, log(x), 0)))([0, 1.0, 2]))            # expect ~ \[\[-?0, -?0, -?0\], \[-?0, -1, -?0\], \[-?0, -?0, -0.25\]\]
print(max(abs(hessian(fn(x) = where(norm(x) > 0, 1 / norm(x), 0))([0.0, 0]))))                                # expect: 0
fn rows(x) = sum(where([true, false], sum(log(x), axis: 1), 0))
print(max(abs(hessian(rows)([[1.0, 2], [0, 0]])[1])))                                                         # expect: 0
print(three(fn(x) = where(x >= 0, where(x > 0, x / sin(x), 1), 0), 0))                                        # expect: true
# in another variable than the one that is guarded
print(grad(fn(w) = grad(fn(x) = where(x > 0, w * log(x), 0))(0))(2))                                          # expect: 0
print(grad(fn(w) = sum(hessian(fn(x) = sum(where(x > 0, w * x * log(x), 0)))([0.0, 2])))(3))                  # expect: 0.5
print(hessian(fn(z) = where(z[1] > 0, z[0] / z[1], 0))([1.0, 0]))                                             # expect ~ \[\[-?0, -?0\], \[-?0, -?0\]\]
# a weight that is 0 now is a variable later: no guard
fn weighted(w) = grad(grad(fn(x) = w * x * log(x)))(2)
print(grad(weighted)(0), grad(weighted)(3))                                                                   # expect: 0.5 0.5
print(jvp(grad(fn(x) = sum(where(x > 0, 1 / x, 0))), [0.0, 2], [1, 1]))                                       # expect ~ \[-?0, 0.25\]
# where it is chosen nothing changes
print("{grad(grad(fn(x) = where(x > 0, 1 / x, 0)))(2):.6f}")                                                  # expect: 0.250000
# a weight of 0 is as good as a guard
print(hessian(fn(x) = sum([1, 0] * sqrt(x)))([4.0, 0])[1])                                                    # expect ~ \[-?0, -?0\]
