# Where a tensor is declared, a list that grew by push is the tensor of its items, as for an operation.
loss spread(x: [N], y: [N]) = mean((x - y)^2)
fn steps(n) -> [N] {
  let xs = []
  for i in 1..n { xs = push(xs, 2 * i) }
  xs
}
fn rows(x: [N, 2]) = shape(x)
let xs = []
for i in 1..3 { xs = push(xs, i) }
print(spread(xs, [1, 2, 6]), steps(2) + 1, shape(steps(0)))   # expect: 3 [3, 5] (0,)
print(rows(list([1, 2], [3, 4])), xs)                         # expect: (2, 2) [1, 2, 3]
print(grad(fn(a) = spread(list(a, 2 * a), [0, 0]))(1))        # expect: 5
rows(list([1, 2], [3]))   # expect error: `x` is declared [N, 2], a list is given
