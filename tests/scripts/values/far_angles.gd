# An angle has the same sine beside any other, near or far, alone, as a number and in each precision.
let x = f64([1, 1e5, 1e6, 2e6, 5e6, 1e20])
fn apart(f, x) = all(stack(map(fn(i) = f(x[i]) == f(x)[i] and f(x[0:i + 1])[i] == f(x)[i], 0..len(x) - 1)...))
print(apart(sin, x), apart(cos, x), apart(sin, f32(x)), apart(cos, f32(x)))        # expect: true true true true
print(max(abs(sin(x)^2 + cos(x)^2 - 1)) < 1e-15, max(abs(f64(sin(f32(x))) - sin(f64(f32(x))))) < 1e-7)   # expect: true true
print(sin(0.5) == sin(f64([0.5]))[0], exp(0.3) == exp(f64([0.3, 0.1]))[0])         # expect: true true
print(abs(sin(1e20) + 0.6452512852657808) < 1e-15, abs(cos(3e6) - 0.47776062807732236) < 1e-15)           # expect: true true
print(sin([1 / 0, -1 / 0]))                                                        # expect: [nan, nan]
