model Tied(n, k) {
  param W = ones(n, k)
  fn forward(x) = x @ W @ W'
}
let t = Tied(2, 3)
print(count(t), t([[1, 0]]))   # expect: 6 [[3, 3]]
