seed(3)
let c = categorical(ones(10000, 1) * [[0, log(3)]])
print(shape(c), abs(mean(c) - 0.75) < 0.02)   # expect: (10000,) true
