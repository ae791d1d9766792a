# A mask or a bias over the keys alone is broadcast to the scores, as everywhere.
seed(4)
precision(f64)
let (q, k, v) = (randn(2, 3, 5, 4), randn(2, 3, 6, 4), randn(2, 3, 6, 2))
let (open, lift) = ([true, false, true, true, false, true], 0.1 * arange(6))
fn masked(q) = attention(q, k, v, mask: open)
print(all(masked(q) == attention(q, k, v, mask: open[none])))                            # expect: true
print(all(attention(q, k, v, bias: lift, mask: ones(6)) == attention(q, k, v, bias: lift[none])))   # expect: true
print(check_gradient(fn(q) = sum(masked(q)^2), q), check_gradient(fn(b) = sum(attention(q, k, v, bias: b)^2), lift))   # expect: true true
print(max(abs(vmap(fn(q, k, v) = attention(q, k, v, mask: open))(q, k, v) - masked(q))) < 1e-12)   # expect: true
let lifts = stack(lift, -lift, axis: 0)
print(max(abs(vmap(fn(q, b) = attention(q, k[0], v[0], bias: b))(q, lifts)[1] - attention(q[1], k[0], v[0], bias: -lift))) < 1e-12)   # expect: true
attention(q, k, v, mask: ones(5))    # expect error: the mask is [5], the scores are [2, 3, 5, 6]
# status: 1
