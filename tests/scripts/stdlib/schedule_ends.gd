let rate = one_cycle(1, steps: 10)
print("{rate(0):.4f} {rate(2):.4f} {rate(3):.4f} {rate(8):.4f} {rate(9):.7f} {rate(50):.7f}")   # expect: 0.0400 1.0000 0.9505 0.0495 0.0000040 0.0000040
print("{one_cycle(1, steps: 1)(0):.7f} {one_cycle(1, steps: 4, rise: 0)(3):.6f}")   # expect: 0.0000040 0.000004
print(cosine(1, steps: 1)(0), cosine(1, steps: 1)(1), polynomial(2, steps: 1)(1))              # expect: 1 0 0
print(warmup(0, 0.5)(0), warmup(2, [0.5][0])(0), warmup(2, [0.5][0])(9))                       # expect: 0.5 0.25 0.5
