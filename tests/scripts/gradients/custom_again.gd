# The y of a custom gradient is the function's result: differentiated again, it has the custom gradient.
precision(f64)
let root = custom_gradient(fn(a) = stop_gradient(sqrt(a)), fn(a, y, dy) = dy / (2 * y))
print(grad(root)(4.0), grad(grad(root))(4.0), grad(grad(grad(root)))(4.0))    # expect: 0.25 -0.03125 0.01171875
let squared = custom_gradient(fn(x) = round(x), fn(x, y, dy) = dy * 2 * y)
print(grad(squared)(3.2), grad(grad(squared))(3.2))                           # expect: 6 12
print(vmap(grad(grad(root)))([4, 1]), jvp(grad(root), 4.0, 1.0))              # expect: [-0.03125, -0.25] -0.03125
# of several arguments, and of trees
let mean2 = custom_gradient(fn(a, b) = stop_gradient(sqrt(a * b)), fn(a, b, y, dy) = (dy * b / (2 * y), dy * a / (2 * y)))
print(hessian(fn(x) = mean2(x[0], x[1]))([4, 1]))                             # expect: [[-0.03125, 0.125], [0.125, -0.5]]
let parts = custom_gradient(
  fn(t) = (root: stop_gradient(sqrt(t.a)), twice: stop_gradient(2 * t.b)),
  fn(t, y, dy) = (a: dy.root / (2 * y.root), b: 2 * dy.twice)
)
fn of(x) { let y = parts((a: x[0], b: x[1])); y.root * y.twice }
print(hessian(of)([4, 1]), vmap(hessian(of))([[4, 1]]))                       # expect: [[-0.0625, 0.5], [0.5, 0]] [[[-0.0625, 0.5], [0.5, 0]]]
# in a training step
let w = param(4.0)
train w { loss: grad(root)(w); optimizer: SGD(lr: 32); steps: 1; quiet: true }
print(w)                                                                      # expect: 5
