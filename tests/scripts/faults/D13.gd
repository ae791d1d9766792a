print(sum(ones(20000000)) == 20000000, abs(mean(full(20000000, value: 0.1)) - 0.1) < 1e-7)   # expect: true true
precision(f64)
print(var([100000000, 100000001]))                                                          # expect: 0.25
