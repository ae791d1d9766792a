# A query that sees nothing gives zeros, and its gradient is zero; grouped heads are repeated ones; a bias is added.
seed(2)
precision(f64)
let (q, k, v) = (randn(2, 4, 3, 5), randn(2, 2, 6, 5), randn(2, 2, 6, 2))
fn twice(x) = reshape(expand(x[:, :, none], 2, 2, 2, 6, shape(x)[-1]), 2, 4, 6, -1)
print(max(abs(attention(q, k, v) - attention(q, twice(k), twice(v)))) < 1e-12)      # expect: true
let open = rand(2, 4, 3, 6) < 0.5
open[0, 1, 2] = false
fn masked(q) = attention(q, k, v, mask: open)
print(masked(q)[0, 1, 2], grad(fn(q) = sum(masked(q)^2))(q)[0, 1, 2])               # expect: [0, 0] [0, 0, 0, 0, 0]
print(max(abs(masked(q) - attention(q, k, v, bias: where(open, 0, -inf)))) < 1e-12)  # expect: true
print(check_gradient(fn(k) = sum(attention(q, k, v, mask: open, causal: true)^2), k))   # expect: true
print(check_gradient(fn(v) = sum(attention(q, k, v, bias: 0.1 * arange(6)[none, :])^2), v))   # expect: true
print(check_gradient(fn(q) = sum(grad(fn(q) = sum(masked(q)^2))(q)^2), q))          # expect: true
fn plain(q, k, v) = where(open, softmax(where(open, q / sqrt(5) @ twice(k)', -1e30)), 0) @ twice(v)
fn slopes(f) = (grad(fn(q) = sum(f(q, k, v)^3))(q), grad(fn(k) = sum(f(q, k, v)^3))(k), grad(fn(v) = sum(f(q, k, v)^3))(v))
fn bent(f, x, make) = grad(fn(x) = sum(grad(fn(x) = sum(make(f, x)^3))(x)^2))(x)
for i in 0..2 { print(max(abs(slopes(fn(a, b, c) = attention(a, b, c, mask: open))[i] - slopes(plain)[i])) < 1e-12) }
# expect: true
# expect: true
# expect: true
for make in list(fn(f, x) = f(x * q, k, v), fn(f, x) = f(q, x * k, v), fn(f, x) = f(x * q, x * k, x * v)) {
  let (a, b) = (bent(fn(a, b, c) = attention(a, b, c, mask: open), sum([1.2]), make), bent(plain, sum([1.2]), make))
  print(abs(a - b) < 1e-9 * abs(b))
}
# expect: true
# expect: true
# expect: true
print(max(abs(vmap(fn(q, k, v, seen) = attention(q, k, v, mask: seen))(q, k, v, open) - masked(q))) < 1e-12)   # expect: true
print(max(abs(vmap(grad(fn(q) = sum(attention(q, k[0], v[0], causal: true)^2)))(q) - grad(fn(q) = sum(attention(q, expand(k[0], 2, 2, 6, 5), expand(v[0], 2, 2, 6, 2), causal: true)^2))(q))) < 1e-12)   # expect: true
print(attention([[0, 0]], [[1, 0]], [[7]], mask: [[0]]))                            # expect: [[0]]
print(attention(zeros(3, 1), zeros(1, 1), [[7]], causal: true))                     # expect: [[0], [0], [7]]
