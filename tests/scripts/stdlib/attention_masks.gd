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
print(max(abs(masked(q) - attention(q, k, v, bias: where(open, 0, -inf)))) == 0)    # expect: true
print(check_gradient(fn(k) = sum(attention(q, k, v, mask: open, causal: true)^2), k))   # expect: true
print(check_gradient(fn(v) = sum(attention(q, k, v, bias: 0.1 * arange(6)[none, :])^2), v))   # expect: true
print(check_gradient(fn(q) = sum(grad(fn(q) = sum(masked(q)^2))(q)^2), q))          # expect: true
print(attention([[0, 0]], [[1, 0]], [[7]], mask: [[0]]))                            # expect: [[0]]
print(attention(zeros(3, 1), zeros(1, 1), [[7]], causal: true))                     # expect: [[0], [0], [7]]
