# A function that draws, recomputed inside vmap, has the draws of each row again: the gradients of the function itself.
let rows = [[1., 2, 3], [4, 5, 6]]
fn drawn(f) {
  seed(5)
  let mapped = fn(z) = vmap(f)(z)
  (grad(fn(z) = sum(mapped(z)))(rows), jvp(mapped, rows, rows), jacobian(mapped)(rows), grad(fn(z) = sum(vmap(mapped)(z)))([rows, rows]))
}
fn same(f) = all([all(a == b) for (a, b) in zip(drawn(f), drawn(checkpoint_gradients(f)))])
print(same(fn(x) = sum(x * rand(3))), same(fn(x) = sum(dropout(x, 0.5)^2)), same(fn(x) = sum(x[permutation(3)] * [1, 2, 3])))    # expect: true true true
fn steps(x) = scan(checkpoint_gradients(fn(s, a) = (s + a * rand(), a)), 0., x)[0]
print(all(grad(fn(z) = sum(vmap(steps)(z)))(rows) > 0))    # expect: true
print(grad(fn(z) = sum(vmap(checkpoint_gradients(fn(x) = sum(x * rand(3))))(z)))(zeros(0, 3)))    # expect: []
