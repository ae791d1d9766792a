let s = step_decay(1, every: 10, factor: 0.5)
print(constant(3)(99), s(0), s(10), s(29))                                        # expect: 3 1 0.5 0.25
print("{exponential(1, 0.5, steps: 10)(20):.3f} {inverse_time(1, decay: 0.5)(2):.3f}")   # expect: 0.250 0.500
print("{polynomial(1, steps: 10, power: 2)(5):.3f} {polynomial(1, steps: 10)(50):.3f}")  # expect: 0.250 0.000
print("{cosine(2, steps: 10)(5):.3f} {cosine(2, steps: 10, end: 1)(10):.3f}")            # expect: 1.000 1.000
print(attempt(fn() = piecewise([2, 3], [1, 0.1])).ok, attempt(fn() = piecewise(1, 2)).ok)   # expect: false false
let w = warmup(10, cosine(1, steps: 100))
print("{w(0):.3f} {w(9):.3f} {w(60):.3f} {warmup(4, 1)(1):.2f}")                         # expect: 0.100 1.000 0.500 0.50
print(piecewise(1, (5, 2), (9, 3))(4), piecewise(1, (5, 2), (9, 3))(5), piecewise(1, (5, 2), (9, 3))(100))   # expect: 1 2 3
