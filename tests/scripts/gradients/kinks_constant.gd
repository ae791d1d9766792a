# What reaches a kink and does not depend on the variable stays there: it has no part in any derivative, in a product from the other end, inside vmap and recomputed too.
precision(f64)
let x = [[0., 0], [1, 2]]
fn loss(w) = sum(relu(x @ w)^2)
fn slope(w) = sum(grad(loss)(w)^2)
let w = [[1.], [2]]
print(hvp(loss, w, w), jvp(grad(loss), w, w), vmap(fn(d) = hvp(loss, w, d))([w])[0])   # expect: [[10], [20]] [[10], [20]] [[10], [20]]
print(grad(slope)(w), grad(checkpoint_gradients(slope))(w), vmap(grad(slope))([w])[0])   # expect: [[200], [400]] [[200], [400]] [[200], [400]]
print(vmap(hessian(fn(v) = sum(relu(v * [1., 0])^2)))([[1., 2]]))   # expect: [[[2, 0], [0, 0]]]
# infinite slopes behind a weight of 0
fn guarded(v) = sum(sqrt(v * [1., 0]) * [1., 0])
print(jvp(guarded, [4., 3], [2., 3]), vmap(fn(v) = jvp(guarded, v, [2., 3]))([[4., 3]]))   # expect: 0.5 [0.5]
