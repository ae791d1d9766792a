seed(1)
let x = randn(10000)
print(abs(mean(x)) < 0.05, abs(std(x) - 1) < 0.05, abs(mean(x^3)) < 0.15, max(abs(x)) < 7)   # expect: true true true true
print(shape(randn(2, 3)), shape(rand((4, 5))), shape(randn()))                                # expect: (2, 3) (4, 5) ()
