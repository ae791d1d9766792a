# A mean of no rows is an error, not NaN; the sum is 0.
print(mse(zeros(0, 2), zeros(0, 2), reduce: "sum"))   # expect: 0
print(attempt(fn() = mse(zeros(0, 2), zeros(0, 2))).error)   # expect: mse: there is nothing to take the mean of, the values are [0, 2]
cross_entropy(zeros(0, 4), i32(zeros(0)))   # expect error: cross_entropy: there is nothing to take the mean of
