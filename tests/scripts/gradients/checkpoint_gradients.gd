# The same function, worked out again for the gradient.
let W = param([[0.5, -0.2], [0.1, 0.4]])
fn plain(x) = sin(tanh(x @ W) @ W)^2
let again = checkpoint_gradients(plain)
let x = [0.7, -0.3]
print(again(x) == plain(x))                                        # expect: [true, true]
print(grad(fn(x) = sum(again(x)))(x) == grad(fn(x) = sum(plain(x)))(x))            # expect: [true, true]
let (a, b) = (grad(fn(w) = sum(again(x)))(W), grad(fn(w) = sum(plain(x)))(W))
print(max(abs(a - b)) < 1e-6, max(abs(a)) > 0.01)                  # expect: true true
print(max(abs(hessian(fn(x) = sum(again(x)))(x) - hessian(fn(x) = sum(plain(x)))(x))) < 1e-6)   # expect: true
print(check_gradient(fn(x) = sum(grad(fn(x) = sum(again(x)))(x)^2), x))           # expect: true
# Within a scan, and of several results; what was drawn is the same the second time.
fn cell(h, x) = (tanh(h * x), exp(h) * x)
fn long(step, w) {
  let (h, ys) = scan(step, w, [0.5, 2, 1, -1, 3])
  h + sum(ys)
}
print(abs(grad(fn(w) = long(checkpoint_gradients(cell), w))(0.3) - grad(fn(w) = long(cell, w))(0.3)) < 1e-6)   # expect: true
let w = param(ones(50))
train w { loss: sum(checkpoint_gradients(fn(w) = dropout(w, 0.5)^2)(w)); optimizer: SGD(lr: 0.01); steps: 1; quiet: true }
print(sum(abs(w - 1) < 1e-6) > 5, sum(abs(w - 0.92) < 1e-6) > 5, sum(abs(w - 1) < 1e-6) + sum(abs(w - 0.92) < 1e-6))   # expect: true true 50
# Under vmap, and around it.
fn rows(f) = vmap(grad(fn(x) = sum(f(x))))([[0.7, -0.3], [1, 2]])
print(max(abs(rows(again) - rows(plain))) < 1e-6)                  # expect: true
fn around(f, w) = sum(vmap(fn(x) = sum(f(x)))([[0.7, -0.3], [1, 2]]) * [1, 3])
let (c, d) = (grad(fn(w) = around(again, w))(W), grad(fn(w) = around(plain, w))(W))
print(max(abs(c - d)) < 1e-6, max(abs(c)) > 0.01)                  # expect: true true
