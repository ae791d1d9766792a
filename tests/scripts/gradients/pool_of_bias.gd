# A max pool over a relu over a convolution with its bias looks for the greatest in the convolution: the gradient is the same, but where adding the bias makes equals of them.
seed(2)
let (x, w, b) = (randn(3, 2, 9, 8), randn(4, 2, 3, 3), randn(4))
let g = randn(3, 4, 4, 3)
let plain = fn(x, w, b) = sum(max_pool2d(relu(conv2d(x, w, b)), 2, stride: 2, padding: (0, 1, 0, 0)) * g)
fn seen(x, w, b) {   # relu is read a second time
  let y = relu(conv2d(x, w, b))
  sum(max_pool2d(y, 2, stride: 2, padding: (0, 1, 0, 0)) * g) + 0 * sum(y)
}
let (a, c) = (value_and_grad(plain, wrt: (0, 1, 2))(x, w, b), value_and_grad(seen, wrt: (0, 1, 2))(x, w, b))
print(a[0] == c[0], all(a[1][0] == c[1][0]), all(a[1][1] == c[1][1]), max(abs(a[1][2] - c[1][2])) < 1e-5)   # expect: true true true true
let of_bias = fn(b) = plain(f64(x), f64(w), b)
print(check_gradient(of_bias, f64(b)), check_gradient(fn(w) = plain(f64(x), w, f64(b)), f64(w)))   # expect: true true
let flat = fn(b) = sum(max_pool2d(relu(conv_transpose2d(x, reshape(w[:2], 2, 2, 3, 3), b)), 3))
print(shape(grad(flat)([0.5, -0.5])), all(isfinite(grad(grad(fn(s) = flat(s * [1.0, 2.0])))(0.5))))   # expect: (2,) true
print(grad(fn(x) = sum(max_pool2d(relu(conv2d(x, [[[[1]]]], [-2])), 2)))([[[[1, 2], [3, 4]]]]))   # expect: [[[[0, 0], [0, 1]]]]
