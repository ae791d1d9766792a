seed(2)
let x = bernoulli(0.3, 10000)
print(abs(mean(x) - 0.3) < 0.02, shape(bernoulli(0.5, 2, 3)))   # expect: true (2, 3)
