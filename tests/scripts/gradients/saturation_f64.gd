# As saturation.gd, in f64, at single points: true values from mpmath (50 digits), of the formula behind each.
precision(f64)
fn close(got, wanted) = all(abs(got / wanted - 1) < 2e-15)
fn slope(f, x) = grad(fn(x) = sum(f(x)))(x)
print(close(slope(sigmoid, [30, 300, -50]), [9.357622968838423e-14, 5.148200222412013e-131, 1.9287498479639178e-22]))       # expect: true
print(close(slope(tanh, [0.75, 3, -20, 200]), [0.5965858082813315, 0.00986603716544019, 1.6993417021166355e-17, 7.660678386856023e-174]))       # expect: true
print(close(slope(elu, [-40, -1e-3]), [4.248354255291589e-18, 0.999000499833375]))       # expect: true
print(close(slope(mish, [-30, 0.5, 20]), [-2.713710660963392e-12, 0.8864243753577272, 1.0000000000000002]))       # expect: true
# sqrt(1 - x^2) and its kin where 1 - x^2 has lost half of its digits
let x = 1 - 1 / 2^40
print(close(slope(asin, [x, -x]), [741455.2001896339, 741455.2001896339]), close(slope(acos, [x]), [-741455.2001896339]))       # expect: true true
print(close(slope(acosh, [1 + 1 / 2^40, 1e200]), [741455.2001892966, 1e-200]), close(slope(atanh, [x]), [549755813888.25]))       # expect: true true
# and where a square would overflow or vanish
print(close(slope(asinh, [3, 1e200]), [0.31622776601683794, 1e-200]))       # expect: true
print(close(slope(fn(y) = atan2(y, 1e-200), [1e-200]), [5e199]))       # expect: true
print(close(grad(fn(x) = norm(x))(f32([3e38, 0]))[0], 1), hardsigmoid([-3 + 1e-15])[0] * 6e15 > 0.8)       # expect: true true
