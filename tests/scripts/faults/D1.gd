print(isinf(log(0)), isnan(log(-1)), isnan(sqrt(-1)), isnan(acos(2)))         # expect: true true true true
print(isnan(0 / 0), isinf(1 / 0), isnan((-8)^(1 / 3)), isinf([1] / 0))         # expect: true true true [true]
