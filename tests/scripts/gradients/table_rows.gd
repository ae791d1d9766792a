# Rows of a short table, multiplied: as of a one-hot product, forwards and in gradients of both orders.
precision(f64)
seed(1)
let ids = [[0, 2, 1], [1, 1, 0], [2, 0, 3], [3, 3, 3]]
let start = (table: randn(4, 3), W: randn(3, 5), b: randn(5))
fn rows(p) = sum(sin(permute(p.table[ids], 1, 0, 2) @ p.W + p.b))
fn ones(p) = sum(sin(permute(one_hot(ids, 4) @ p.table, 1, 0, 2) @ p.W + p.b))
fn second(f) = fn(p) {
  let g = grad(f)(p)
  sum(g.table^2) + sum(g.W^3) + sum(g.b^2)
}
fn near(a, b) = max(abs(a.table - b.table)) < 1e-10 and max(abs(a.W - b.W)) < 1e-10 and max(abs(a.b - b.b)) < 1e-10
print(abs(rows(start) - ones(start)) < 1e-12, near(grad(rows)(start), grad(ones)(start)))   # expect: true true
print(near(grad(second(rows))(start), grad(second(ones))(start)))   # expect: true
print(check_gradient(rows, start), check_gradient(second(rows), start))   # expect: true true
fn by_weight(W) = start.table[ids] @ W + start.b
let two = stack(start.W, 2 * start.W)
print(max(abs(vmap(by_weight)(two) - stack(by_weight(two[0]), by_weight(two[1])))) < 1e-12)   # expect: true
print(grad(fn(p) = sum(p.table[[0, 4, 1, 2, 3, 0, 1, 2]] @ p.W))(start))   # expect error: 4 is out of range: -4 to 3 are possible
