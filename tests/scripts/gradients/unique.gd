# The gradient of distinct values goes to the first of those that are equal.
print(grad(fn(x) = sum(unique(x)^2))([3, 1, 1]), check_gradient(fn(x) = sum(unique(x)^3), [3, 1, 2]))   # expect: [6, 2, 0] true
let (values, times) = unique([2, nan, 2, -1, nan], counts: true)
print(values, times, unique(zeros(0)), unique(i32([3, 1, 3])), unique([true, false, true]))   # expect: [-1, 2, nan] [1, 2, 2] [] [1, 3] [false, true]
