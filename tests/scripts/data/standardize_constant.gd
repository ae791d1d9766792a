# A constant column becomes 0 whatever its value is, by `standardize` as by `Standardize`.
precision(f64)
for value in [1704067200123456789, 0.1, 1.7e12 + 0.3, 1e25, -3] {
  let x = full(1009, 1, value: value)
  print(max(abs(standardize(dataset(x, zeros(1009))).x)), max(abs(Standardize(x)(x))))
}
# expect: 0 0
# expect: 0 0
# expect: 0 0
# expect: 0 0
# expect: 0 0
let near = tensor([[1e9], [1e9 + 1e-3]])   # nearly constant is not constant
print(all(abs(abs(standardize(dataset(near, [0, 1])).x) - 1) < 1e-3))   # expect: true
