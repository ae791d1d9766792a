# As PyTorch's, to the printed digits; without an axis all elements are in order, as in cumsum.
let x = [[0.5, -1, 2, 3.3, -8], [3, 1, -2, 1, 0.25]]
print(logcumsumexp(x, axis: 1))   # expect: [[0.5, 0.701413, 2.24131, 3.59781, 3.59782], [3, 3.12693, 3.13285, 3.24483, 3.29367]]
print(logcumsumexp(x, axis: 0))   # expect: [[0.5, -1, 2, 3.3, -8], [3.07889, 1.12693, 2.01815, 3.39555, 0.250261]]
print(logcumsumexp(x)[5:7], vmap(logcumsumexp)(x)[1, 1], logcumsumexp(zeros(2, 0), axis: 1))   # expect: [4.03608, 4.08299] 3.12693 [[], []]
print(logcumsumexp([-inf, -inf, 1, 2]), logcumsumexp([1, nan, 2]), logcumsumexp([1000, inf, 2]))   # expect: [-inf, -inf, 1, 2.31326] [1, nan, nan] [1000, inf, inf]
print(grad(fn(x) = sum(logcumsumexp(x, axis: 1) * cos(x)))(x)[0])   # expect: [0.955509, 0.661094, -2.59419, -0.273629, 3.55953]
print(grad(fn(x) = sum(logcumsumexp(x)))([-inf, -inf, 1, 2]))   # expect: [0, 0, 1.26894, 0.731059]
print(hessian(fn(x) = sum(logcumsumexp(x)))([1, 2, 1000]))   # expect: [[0.196612, -0.196612, 0], [-0.196612, 0.196612, 0], [0, 0, 0]]
print(dtype(logcumsumexp(bf16([1, 2]))), dtype(logcumsumexp(i32([1, 2]))))   # expect: bf16 f32
