# What passes is the first operand, whatever its kind; the gradient passes too, the condition has none.
print(require([1, 2], [1, 2] > 0, "above 0"), require(0.1, 1 < 2, "so it is"), require(i32([3]), true, "always"))   # expect: [1, 2] 0.1 [3]
print(grad(fn(x) = sum(require(x, x < 9, "below 9")^2))([1, 3]))                     # expect: [2, 6]
print(hessian(fn(x) = sum(require(x, x < 9, "below 9")^3))([1, 2]))                  # expect: [[6, 0], [0, 12]]
print(require([[1, 2], [3, 4]], [[true], [true]], "rows"))                           # expect: [[1, 2], [3, 4]]
