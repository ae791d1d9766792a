precision(f64)
let (sign, log_size) = slogdet(300 * eye(200) * where(arange(200) == 0, -1, 1))
print(sign, abs(log_size - 200 * log(300)) < 1e-9)   # expect: -1 true
print(slogdet(zeros(2, 2)), shape(slogdet(zeros(3, 2, 2) + eye(2)).1), slogdet([[1, 2], [3, 4]]).0)   # expect: (0, -inf) (3,) -1
print(max(abs(grad(fn(a) = slogdet(a).1)([[2, 1], [1, 3]]) - inverse([[2, 1], [1, 3]])')) < 1e-12)   # expect: true
print(slogdet([[1, 2], [2, 4]]))   # expect: (0, -inf)
print(slogdet(1e-200 * eye(3) + 0.0), slogdet([[nan, 0], [0, 1]]))   # expect: (1, -1381.55) (nan, nan)
print(slogdet([[0, 1e200], [1e-200, 0]]), slogdet(zeros(0, 0)))   # expect: (-1, 0) (1, 0)
fn far(a) = slogdet(a).1 ^ 2
print(max(abs(hessian(far)([[2, 1], [1, 3]]) - jacobian(grad(far))([[2, 1], [1, 3]]))) < 1e-12)   # expect: true
print(slogdet([[1, 2, 3]]))   # expect error: `slogdet` needs a square matrix, not the shape [1, 3]
