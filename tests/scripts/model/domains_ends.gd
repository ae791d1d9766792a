# A value rounded as far as it goes stays between the ends, and what cannot lie in a domain is told where it is given.
model B(low, high, start) { param a: between(low, high) = start }
let b = B(0.1, 0.7, 0.5)
train b { loss: -1e6 * b.a; optimizer: GD(lr: 1); steps: 5; quiet: true }
print(b.a == f32(0.7), b.a <= 0.7 + 1e-7)       # expect: true true
fn told(f) = attempt(f).error
print(told(fn() = B(0, 1, 2)))                  # expect: a param of the domain between(0, 1) must start between 0 and 1, element 0 is 2
print(told(fn() = B(2, 1, 1)))                  # expect: the first bound of between(2, 1) must be below the second
print(told(fn() = B(1, 1 + 1e-9, 1)))           # expect: the first bound of between(1, 1.000000001) must be below the second: in f32 they are the same number
print(told(fn() = B(0, inf, 1)))                # expect: the bounds of between(0, inf) must be finite, and their distance too
model O(start) { param o: ordered = start }
print(told(fn() = O([1, 2, 2])))                # expect: a param of the domain ordered must start finite, each greater than the one before it, element 2 is 2
print(told(fn() = O(1)))                        # expect: `ordered` needs an axis along which values rise, this is a scalar
model C(start) { param L: cholesky = start }
print(told(fn() = C([[1, 0.5], [0, 1]])))       # expect: a param of the domain cholesky must start a lower triangle: 0 above the diagonal and greater than 0 on it, element 1 is 0.5
print(told(fn() = C(ones(2, 3))))               # expect: `cholesky` needs a square matrix, this has the shape [2, 3]
