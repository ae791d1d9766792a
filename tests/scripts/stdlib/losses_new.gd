precision(f64)
let (p, y) = ([0.5, -1, 30], [0, 1.5, -2])
print(abs(log_cosh(p, y) - (log(cosh(0.5)) + log(cosh(2.5)) + 32 - log(2)) / 3) < 1e-14)   # expect: true
print(hessian(fn(x) = log_cosh(x, 0))(0), abs(grad(fn(x) = log_cosh(x, 0))(1e-9) - 1e-9) < 1e-24)   # expect: 1 true
print(abs(poisson([0, 1], [2, 0]) - (1 + e) / 2) < 1e-15, poisson([-inf], [0]))          # expect: true 0
print(quantile_loss([0, 0, 0], [1, 2, -4], q: 0.25) * 12)                                   # expect: 15
print(quantile_loss([[1, 1]], [[2, 2]], q: [0.1, 0.9]))                                     # expect: 0.5
# The least loss is at the quantile: of nine numbers at 0.7 the seventh.
let q = param(0.0)
let seen = [3, 1, 9, 7, 5, 8, 2, 6, 4]
train q { loss: quantile_loss(q * ones(9), seen, q: 0.7); optimizer: GD(lr: inverse_time(5, decay: 0.1)); steps: 2000; quiet: true }
print("{q:.1f}")                                                                            # expect: 7.0
# A row's own partner against the others, whatever the lengths.
let a = [[1, 2], [0, -3], [4, 1]]
print(abs(info_nce(a, 1e200 * a, temperature: 0.5) - info_nce(a, a, temperature: 0.5)) < 1e-12, shape(info_nce(a, a, reduce: "none")))   # expect: true (3,)
