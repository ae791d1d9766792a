# The gradient of max_pool(relu(x)) asks each window, not each place, whether it is above 0.
seed(4)
let x = randint(-3, 4, 2, 3, 6, 7) / 2
let g = randn(2, 3, 3, 3)
fn plain(x) {   # the same, where relu is not seen
  let y = where(x > 0, x, 0)
  sum(max_pool2d(y, 2) * g)
}
print(all(grad(fn(x) = sum(max_pool2d(relu(x), 2) * g))(x) == grad(plain)(x)))   # expect: true
let h = randn(2, 3, 4, 5)
print(all(grad(fn(x) = sum(max_pool2d(relu(x), 3, stride: 1) * h))(x) == grad(fn(x) = sum(max_pool2d(where(x > 0, x, 0), 3, stride: 1) * h))(x)))   # expect: true
print(grad(fn(x) = sum(max_pool1d(relu(x), 2) * [[[1], [2]]]))([[[-1, 2], [3, -2], [-2, -5], [-1, 0]]]))   # expect: [[[0, 1], [1, 0], [0, 0], [0, 0]]]
fn shared(x) {
  let y = relu(x)
  sum(max_pool2d(y, 2)) + sum(y^2)
}
print(grad(shared)([[[[1, -1], [2, 3]]]]), grad(fn(x) = sum(max_pool2d(relu(relu(x)), 2)))([[[[1, -1], [2, 3]]]]))   # expect: [[[[2, 0], [4, 7]]]] [[[[0, 0], [0, 1]]]]
print(grad(fn(x) = sum(max_pool2d(relu(x), 2)))([[[[nan, 1], [2, 3]]]]), hessian(fn(x) = sum(max_pool2d(relu(x), 2)^2))([[[[1, -1], [2, 3]]]])[0, 0, 1, 1])   # expect: [[[[0, 0], [0, 0]]]] [[[[0, 0], [0, 2]]]]
