# Where an activation saturates, its slope keeps its digits: against formulas in f64 that lose none, over the whole range of f32.
let at = arange(-87.3, 87.3, 0.0931)
fn far(f, truth, most) {
  let x = f32(at)
  let slope = f64(grad(fn(x) = sum(f(x)))(x))
  let wanted = truth(f64(x))
  let seen = abs(wanted) > 2e-37                                       # the exponential of what is smaller is flushed
  all(where(seen, abs(slope - wanted) <= most * abs(wanted), true))
}
let e = fn(x) = exp(-abs(x))
print(far(sigmoid, fn(x) = e(x) / (1 + e(x))^2, 1e-6))                          # expect: true
print(far(tanh, fn(x) = 4 * e(2 * x) / (1 + e(2 * x))^2, 1e-6))                 # expect: true
print(far(elu, fn(x) = where(x > 0, 1, e(x)), 1e-6))                            # expect: true
print(far(selu, fn(x) = 1.0507009873554805 * where(x > 0, 1, 1.6732632423543772 * e(x)), 1e-6))   # expect: true
print(far(expm1, exp, 1e-6))                                                    # expect: true
print(far(softplus, fn(x) = where(x > 0, 1, e(x)) / (1 + e(x)), 1e-6))          # expect: true
print(far(log_sigmoid, fn(x) = where(x < 0, 1, e(x)) / (1 + e(x)), 1e-6))       # expect: true
print(far(erf, fn(x) = 1.1283791670955126 * exp(-x^2), 2e-5))                   # expect: true
# to the left of their roots
fn left(f, truth, from = -85) = far(fn(x) = where(x < -2.5 and x > from, f(x), 0), fn(x) = where(x < -2.5 and x > from, truth(x), 0), 2e-5)
print(left(silu, fn(x) = e(x) / (1 + e(x)) * (1 + x / (1 + e(x)))))             # expect: true
print(left(gelu, fn(x) = 0.5 * erfc(x / -sqrt(2)) + x * 0.3989422804014327 * exp(-x^2 / 2), from: -12.8))        # expect: true
print(left(mish, fn(x) = { let t = tanh(log1p(e(x))); t + x * e(x) / (1 + e(x)) * (1 - t^2) }))   # expect: true
# and the slopes of slopes
print(far(fn(x) = grad(fn(x) = sum(sigmoid(x)))(x), fn(x) = -sign(x) * e(x) * -expm1(-abs(x)) / (1 + e(x))^3, 2e-6))   # expect: true
print(far(fn(x) = grad(fn(x) = sum(tanh(x)))(x), fn(x) = 8 * -sign(x) * e(2 * x) * -expm1(-abs(2 * x)) / (1 + e(2 * x))^3, 2e-6))   # expect: true
print(far(fn(x) = grad(fn(x) = sum(elu(x)))(x), fn(x) = where(x > 0, 0, e(x)), 1e-6))              # expect: true
