model Pair(n, scale = 2) {
  param w = ones(n)
  let k = scale * 10
  fn forward(x: [.., n]) = x * w * k
  fn both(x) = (forward(x), sum(w))
}
let p = Pair(3)
print(p([1, 2, 3]), p.k, p.both([1, 1, 1]))   # expect: [20, 40, 60] 20 ([20, 20, 20], 3)
print(Pair(1, scale: 5)([1]))                  # expect: [50]
