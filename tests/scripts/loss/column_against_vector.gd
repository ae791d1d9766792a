# A column against a vector of as many elements: the message says how each is made the other.
print(attempt(fn() = mse(zeros(3, 1), zeros(3))).error)
print(attempt(fn() = mae(zeros(3), zeros(3, 1))).error)
print(attempt(fn() = mse(zeros(3, 2), zeros(6))).error)
# expect: mse: the prediction is [3, 1], the target [3]; they must have one shape: take the prediction's column, `[:, 0]`, or make the target one, `y[:, none]`
# expect: mae: the prediction is [3], the target [3, 1]; they must have one shape: take the target's column, `y[:, 0]`
# expect: mse: the prediction is [3, 2], the target [6]; they must have one shape
