# Gradients pass through the numbers that are settings of an operation.
print(grad(fn(v) = sum(pad([1, 2], 1, value: v)))(3))   # expect: 2
print(grad(fn(s) = sum(arange(s, s + 3)))(2))   # expect: 3
print(grad(fn(b) = sum(arange(0, 5, b)))(2))   # expect: 3
print(check_gradient(fn(p) = norm([3, 4], p: p), 3), check_gradient(fn(p) = norm([3, 0, 4], p: p), 1.5))   # expect: true true
print(check_gradient(fn(p) = norm([3, 4], p: p), 1), check_gradient(fn(p) = norm([3, 4], p: p), 2))   # expect: true true
print(check_gradient(fn(s) = std([1, 2, 4], ddof: s), 1), check_gradient(fn(s) = var([1, 2, 4], ddof: s), 1))   # expect: true true
print(check_gradient(fn(g) = sum(orthogonal(3, 2, gain: g)^2), 2))   # expect: true
# the value is the same, and so is its dtype
print(dtype(pad(f32([1]), 1, value: f64(2))), grad(fn(p) = norm([3, 4], p: p) - 5)(2) < 0)   # expect: f32 true
let p = param(3)
train p { loss: norm([3, 4], p: p); optimizer: SGD(lr: 0.1); steps: 2; quiet: true }
print(number(p) > 3)   # expect: true
