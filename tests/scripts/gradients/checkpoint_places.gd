# Positions used as numbers are steps in a recomputed function too, wherever the value that is sorted comes from; where nothing else depends on the variable it is refused all the same.
let x = [1., 2, 4, 3]
fn assigned(a) { let z = a; z[[1, 2]] = a[:2]^2; sum(z * argsort(z)) }
print(grad(assigned)(x), grad(checkpoint_gradients(assigned))(x))     # expect: [2, 12, 0, 2] [2, 12, 0, 2]
fn slope(s, a) { let z = grad(fn(b) = sum(b^4))(a); (s + sum(z * argsort(z)), s) }
print(grad(fn(a) = scan(checkpoint_gradients(slope), 0., [a, a])[0])(x))     # expect: [0, 96, 1152, 432]
fn chosen(s, a) { let z = where(a > 2, a, 3 * a); (s + sum(z * argsort(z)), s) }
print(grad(fn(a) = scan(checkpoint_gradients(chosen), 0., [a, a])[0])(x))     # expect: [0, 18, 4, 2]
let scaled = checkpoint_gradients(fn(a) = sum(a * stop_gradient(max(a)) * argsort(a)))
print(grad(fn(z) = sum(vmap(scaled)(z)))([x]))     # expect: [[0, 4, 12, 8]]
print(grad(checkpoint_gradients(fn(a) = sum(argsort(a))))(x))   # expect error: `argsort` cannot be differentiated
