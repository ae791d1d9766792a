# A call that is differentiated again and again, now the same way and now another, gives what each way gives.
fn way(x, k) = if k % 3 == 0 { sum(x * x) } else { sum(x * x * k) }
for k in [1, 1, 2, 3, 3, 4] { print(grad(way)([1, 2], k)) }
# expect: [2, 4]
# expect: [2, 4]
# expect: [4, 8]
# expect: [2, 4]
# expect: [2, 4]
# expect: [8, 16]
let rule = 1
let own = custom_gradient(fn(x) = x, fn(x, y, dy) = dy * rule)
for k in 1..3 {
  rule = 10 * k
  print(grad(own)(2))
}
# expect: 10
# expect: 20
# expect: 30
let w = param([1, 1])
let optimizer = GD(lr: 1)
for k in 1..3 {
  update w { loss: if k == 2 { sum(2 * w) } else { sum(w) }; optimizer: optimizer }
  print(number(w[0]))
}
# expect: 0
# expect: -2
# expect: -3
for x in [[1, 2], [3, 4], [1, 2, 3]] {
  grad(fn(v) = sum(v * [1, 2]))(x)   # expect error: shapes do not fit
}
