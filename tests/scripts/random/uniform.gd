seed(1)
let x = rand(10000)
print(min(x) >= 0, max(x) < 1, abs(mean(x) - 0.5) < 0.02, abs(var(x) - 1 / 12) < 0.005)   # expect: true true true true
