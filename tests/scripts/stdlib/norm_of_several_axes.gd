# LayerNorm and RMSNorm of a shape normalize the last axes together, as PyTorch's do.
seed(1)
let x = randn(5, 3, 4)
let flat = reshape(x, 5, 12)
print(max(abs(reshape(LayerNorm((3, 4))(x), 5, 12) - LayerNorm(12)(flat))) < 1e-5)   # expect: true
print(max(abs(reshape(RMSNorm((3, 4))(x), 5, 12) - RMSNorm(12)(flat))) < 1e-5)   # expect: true
print(shape(LayerNorm((3, 4)).gain), shape(LayerNorm([3, 4])(x)), max(abs(LayerNorm((4,))(x) - LayerNorm(4)(x))) < 1e-6)   # expect: (3, 4) (5, 3, 4) true
print(check_gradient(fn(x) = sum(LayerNorm((3, 4))(x)^3), x))   # expect: true
LayerNorm((3, 5))(x)   # expect error: LayerNorm: the last axes of x must have the sizes (3, 5), x is (5, 3, 4)
