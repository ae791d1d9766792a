# Each evaluation draws the same numbers, and none is taken from the script's sequence.
precision(f64)
seed(3)
print(check_gradient(fn(m) = sum(m * randn(2)), [1, 2]))    # expect: true
let after = randn(2)
seed(3)
print(all(after == randn(2)))                               # expect: true
