precision(f64)
print("{[1, 2][0] / 3:.15f}")     # expect: 0.333333333333333
print("{param(1) / 3:.15f}")      # expect: 0.333333333333333
print("{zeros(1)[0] + 1/3:.15f}") # expect: 0.333333333333333
