# The moments of many rows are taken in pieces: those of all rows, also where their mean is large or a column is constant.
seed(3)
let x = concat(randn(140001, 1) * 4 + 1e5, full(140001, 1, value: 0.1), axis: 1)
let s = Standardize(x)
print(norm(s.mean_ - mean(f64(x), axis: 0)) < 0.01)                       # expect: true
print(abs(s.deviation_[0] - std(f64(x[:, 0]))) < 1e-4, s.deviation_[1])   # expect: true 1
print(abs(mean(s(x))) < 1e-3, max(abs(s(x)[:, 1])) < 1e-6)                # expect: true true
