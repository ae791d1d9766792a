# A loss of one's own, and its gradient checked.
#
# Shows: `loss` with shapes, `check_gradient` against central differences, `custom_gradient`.
# Outcome: the gradients of the loss agree with differences at random points; rounding that is told
# to pass its gradient on does.

seed(10)
precision(f64)   # differences of f32 values would have three digits left

## Cross entropy with smoothed labels (Szegedy et al., 2016).
loss smoothed(logits: [N, K], y: [N], eps = 0.1) =
  (1 - eps) * cross_entropy(logits, y) - eps * mean(log_softmax(logits))

let y = [0, 2, 1]
for trial in 1..5 {
  let logits = 2 * randn(3, 3)
  # A function of one argument is wanted: `fn(z) = …` holds the labels fixed.
  assert(check_gradient(fn(z) = smoothed(z, y), logits))
}
print("smoothed: gradient and differences agree at 5 random points")

# By hand: the gradient of cross entropy in the logits is (softmax - one-hot) / rows.
let z = randn(3, 3)
let by_hand = (softmax(z) - one_hot(y, 3)) / 3
print("largest difference from the formula {max(abs(grad(cross_entropy)(z, y) - by_hand)):.1e}")
assert(max(abs(grad(cross_entropy)(z, y) - by_hand)) < 1e-12)

# Rounding has gradient 0 everywhere; declared otherwise, what is behind it can be trained.
let straight = custom_gradient(fn(x) = round(x), fn(x, y, dy) = dy)
print("round {grad(fn(x) = round(x)^2)(2.7)}, straight through {grad(fn(x) = straight(x)^2)(2.7)}")
assert(grad(fn(x) = straight(x)^2)(2.7) == 6)
print("checked")
