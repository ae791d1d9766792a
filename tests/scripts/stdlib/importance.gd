# What the model does not look at costs nothing, what it looks at most costs most.
seed(1)
let x = randn(400, 3)
let d = dataset(x, 3 * x[:, 2] + x[:, 0])
let lost = importance(fn(x) = 3 * x[:, 2] + x[:, 0], d, r2, repeats: 10)
print(lost[1], lost[2] > lost[0], lost[0] > 0.1)             # expect: 0 true true
# Shuffling takes away twice the variance of a column's part: 2 * 9 / 10 and 2 * 1 / 10 of r2.
print(abs(lost[2] - 1.8) < 0.2, abs(lost[0] - 0.2) < 0.05)    # expect: true true
print(all(importance(fn(x) = x[:, 0], d, mse) <= 0))         # expect: true
print(all(d.x == x))                                         # expect: true
