# check
# The function of check_gradient is run, as that of grad is.
fn smoothed(z, y) = cross_entropy(z, y) + mean(z @ ones(4, 2))   # expect error: 3 and 4 differ
let logits = randn(5, 3)
print(check_gradient(fn(z) = smoothed(z, [0, 1, 2, 0, 1]), logits))
print(check_gradient(fn(w, k) = sum(w ^ 2), ones(3)))            # expect error: `k`
print(check_gradient(fn(t) = sum(t.a * t.b), (a: ones(3), b: 2)))
